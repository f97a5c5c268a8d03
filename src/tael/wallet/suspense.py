"""Money that came in and has no place (待查): kept in suspense until people have placed it.

Source: architecture, section 3; reliability, section 3a; I24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.channels.gateways.registry import gateway
from tael.channels.house import channel_account, suspense_account
from tael.ledger import Kind, Leg
from tael.refusal import Because, Refusal
from tael.wallet.booking import book_now
from tael.wallet.models import GatewayPayment
from tael.wallet.order_credit import Payment, count_towards

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.ledger import Posted, Replayed
    from tael.wallet.models import RechargeOrder
    from tael.wallet.wallet import Wallet

SUSPENSE: Final = Kind(
    "wallet.suspense", "Money without a place", moves=("channel account -m", "suspense +m")
)
PLACED: Final = Kind(
    "wallet.suspense_placed",
    "Money in suspense placed",
    moves=("suspense -m", "wallet free, or locked as far as an order is to be spent only +m"),
)
PNO_MAX: Final = 64
BANK_LINE: Final = "suspense_bank_line"
TYPES: Final = {
    "suspense_order": "unknown_order",
    "suspense_currency": "other_currency",
    "suspense_wallet": "wallet_unable",
    BANK_LINE: "bank_line",
}
"""Which type an item begins with, by the verdict that put it aside."""


class UnknownItem(Refusal):
    """There is no such payment among those that came in over a gateway."""

    code = "unknown_suspense_item"
    because: ClassVar[Because] = "absent"
    rule = "I24"
    remedy = "Use a number of the list of money in suspense."


class NotOverGateway(Refusal):
    """The money came to a bank account; no gateway can give it back."""

    code = "suspense_not_over_gateway"
    because: ClassVar[Because] = "conflict"
    rule = "A23"
    remedy = "Take the line back out of suspense, and pay the money back by a transfer."


def put_aside(payment: Payment, *, channel: str, why: str, order: int | None) -> GatewayPayment:
    """Keep a payment in suspense.

        channel:<channel>:<currency>   -amount
        suspense:<currency>            +amount

    Args:
        why: the verdict that put it there, one of ``TYPES``.

    Source: reliability, section 3a (unknown order, other currency).
    """
    code, minor = payment.amount.currency.code, payment.amount.minor
    entry = ledger.Entry(
        kind=SUSPENSE,
        legs=(Leg(channel_account(channel, code), -minor), Leg(suspense_account(code), minor)),
        key=ledger.key_of(f"gateway:{channel}", payment.number),
        effective_at=payment.at,
        actor=payment.actor,
        channel=channel,
        info=why,
        data={"order": order, "gateway_number": payment.number, "notice": payment.notice},
    )
    posted = books.post_now(entry)
    return GatewayPayment.objects.create(
        gateway=channel,
        movement="paid",
        number=payment.number,
        notice=payment.notice,
        order=order,
        currency=code,
        amount=minor,
        entries=[posted.entry_id],
        verdict=str(why),
        at=payment.at,
        suspense_type=TYPES[str(why)],
    )


def item(number: int, *, locked: bool = False) -> GatewayPayment:
    """Give a payment that went into suspense, whether it is still there or not.

    Args:
        locked: keep its row locked until the caller's transaction ends.

    Raises:
        UnknownItem: there is none of this number, or it never was in suspense.

    Source: reliability, section 3a (suspense); I24.
    """
    rows = GatewayPayment.objects.filter(movement="paid", verdict__startswith="suspense_")
    if locked:
        rows = rows.select_for_update(no_key=True)
    found = rows.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        message = "There is no such money in suspense."
        raise UnknownItem(message, field="item", there=str(number)[:32])
    return found


def check_returnable(payment: GatewayPayment) -> None:
    """Refuse to give back over a gateway what did not come over one.

    Raises:
        NotOverGateway; UnknownGateway: no gateway stands behind its channel any more.

    Source: A23; I24.
    """
    if payment.verdict == BANK_LINE:
        message = "The money came to a bank account."
        raise NotOverGateway(message, field="item", there=str(payment.pk))
    gateway(payment.gateway)


def left_of(payment: GatewayPayment) -> int:
    """Give how much of a payment is in suspense now, in minor units.

    Source: I24.
    """
    return 0 if payment.wallet is not None else payment.amount - payment.refunded


def place(
    payment: GatewayPayment,
    into: Wallet,
    order: RechargeOrder | None,
    *,
    proposal: int,
    instruction: Instruction,
) -> Posted | Replayed:
    """Place all of an item in a wallet; the rows of payment and order are locked by the caller.

        suspense:<currency>   -amount
        wallet free           +amount      (the due part locked, when the order is to be spent only)

    It is the customer's recharge and keeps the gateway's number; in the order's own wallet it counts
    towards the order. A refund of the gateway is taken from this wallet from now on.

    Raises:
        WalletDisabled: the wallet is switched off.

    Source: reliability, section 3a (suspense); F-25, I22, I24.
    """
    minor = left_of(payment)
    due = 0 if order is None else max(order.amount - order.credited, 0)
    locked = min(minor, due) if order is not None and order.spend_only else 0
    parts = ((into.locked, locked), (into.free, minor - locked))
    entry = ledger.Entry(
        kind=PLACED,
        legs=(
            Leg(suspense_account(payment.currency), -minor),
            *(Leg(account, part) for account, part in parts if part),
        ),
        key=instruction.entry_keys().key,
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=payment.gateway,
        pno=payment.number if len(payment.number) <= PNO_MAX else None,
        code=instruction.code,
        info=instruction.info,
        data={"payment": payment.pk, "order": payment.order, "proposal": proposal},
        content=("placed", payment.pk, into.number, minor),
    )
    posted = book_now(entry, into)
    payment.wallet = into.number
    payment.entries = [*payment.entries, posted.entry_id]
    if order is not None:
        payment.credited = minor
        told = Payment(
            number=payment.number,
            amount=into.money(minor),
            at=instruction.at,
            actor=instruction.actor,
            gateway_number=payment.number,
        )
        count_towards(order, minor, told)
    payment.save(update_fields=["wallet", "entries", "credited"])
    return posted
