"""The sorts of events that can be told. docs/events.md explains each; a test keeps the two alike.

Source: architecture, section 5 (webhooks).
"""

from __future__ import annotations

from typing import Final

from tael.refusal import Refusal

EVENT_TYPES: Final[dict[str, str]] = {
    "recharge.credited": "money was credited to a wallet, from outside or as a gift",
    "charge.booked": "a wallet was charged",
    "transfer.booked": "money moved from one wallet to another",
    "hold.opened": "funds of a wallet were set aside",
    "hold.released": "funds that were set aside are liquid again",
    "hold.expired": "what was left of a hold went back because its time had come",
    "withdrawal.paid": "money left a wallet for a payee account",
    "exchange.booked": "a wallet's money became money of another currency, or points",
    "refund.booked": "an operation was taken back, wholly or in part",
    "chargeback.booked": "a gateway took a payment back",
    "payment.unplaced": "a gateway took money in that has no place yet; people look",
    "payment.returned": "a payment that had no place went back to its payer",
    "order.created": "a recharge order was created",
    "order.part_paid": "a recharge order was paid in part",
    "order.paid": "a recharge order was paid",
    "order.closed": "a recharge order was closed unpaid",
    "order.expired": "a recharge order's time was over",
    "withdrawal.applied": "a withdrawal was applied for",
    "withdrawal.reviewed": "one person approved a withdrawal that needs two",
    "withdrawal.approved": "a withdrawal was approved, by as many as it needs",
    "withdrawal.refused": "a withdrawal was refused",
    "withdrawal.cancelled": "a withdrawal was cancelled by the customer",
    "bill.issued": "a merchant's bill was issued and entered into his account",
    "bill.void": "a bill that had been issued was made void; a successor takes its place",
    "remittance.declared": "one side said that it has paid the other",
    "remittance.confirmed": "the other side confirmed that the money has come; the account moved",
    "remittance.disputed": "the other side said that the money has not come",
    "remittance.withdrawn": "a remittance was taken back by who had declared it",
    "remittance.expired": "nobody decided about a remittance in time",
    "merchant_withdrawal.applied": "a merchant applied to be paid out; the money has left his account",
    "merchant_withdrawal.paid": "a merchant was paid",
    "merchant_withdrawal.numbered": "a merchant's payout has the bank's flow number now; it has succeeded",
    "merchant_withdrawal.failed": "a merchant was not paid; the money is on his account again",
    "merchant_withdrawal.returned": "the bank gave back what a merchant had been paid; it is on his account again",
    "merchant_withdrawal.cancelled": "a merchant's withdrawal was cancelled; the money is on his account again",
    "adjustment.made": "a merchant's account was corrected",
    "reserve.released": "what was kept back of a merchant's bill is on his account",
}


class UnknownEventType(Refusal):
    """There are no events of this type."""

    code = "unknown_event_type"
    remedy = "Name types of the list, or none for all of them."


def parse_event_types(names: list[str]) -> list[str]:
    """Give the named types, each once and in order; none stands for all.

    Raises:
        UnknownEventType: naming those that there are not.

    Source: architecture, section 5.
    """
    wanted = sorted(set(names))
    unknown = [name for name in wanted if name not in EVENT_TYPES]
    if unknown:
        raise UnknownEventType(
            "There are no events of this type.",
            field="event_types",
            there=", ".join(name[:40] for name in unknown[:5]),
            allowed=", ".join(EVENT_TYPES),
        )
    return wanted
