"""A payment that the gateway took back (退款, refund or chargeback): off the wallet, or owed.

Source: reliability, section 3a (refund or chargeback); I22, I23.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books, ledger
from tael.channels.house import channel_account, suspense_account
from tael.ledger import Draw, Kind, Leg
from tael.wallet.booking import book_now
from tael.wallet.models import GatewayPayment, RechargeOrder
from tael.wallet.wallet import WalletDisabled
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.wallet.wallet import Wallet

CHARGEBACK: Final = Kind(
    "wallet.chargeback",
    "Payment taken back by the gateway",
    moves=("wallet free, then debt -m", "channel account +m"),
)


class Taken(NamedTuple):
    """What a refund did.

    Args:
        owed: minor units that the wallet could not give and now owes.
        unmatched: minor units beyond what was left of the payment; not booked.
    """

    order: int | None
    owed: int
    unmatched: int


def debt_account(wallet: Wallet) -> int:
    """Give the account of what the wallet's owner owes; below zero, never silently part of a figure.

    Source: reliability, section 3a (a marked debt bucket).
    """
    return books.open_account(
        code=f"wallet:{wallet.number}:debt",
        currency=wallet.currency.code,
        class_="client",
        floor=None,
    )


def take_refund(
    *,
    channel: str,
    payment_number: str,
    refund_number: str,
    amount: Money,
    notice: int | None,
    at: datetime,
    actor: str,
) -> Taken | None:
    """Take a refunded payment back, never more than it brought; None if there is no such payment.

        wallet locked (what was to be spent only), then free     -what is there
        wallet debt                                              -the rest
        channel:<channel>:<currency>                             +amount

    Source: reliability, section 3a; I22.
    """
    payment = (
        GatewayPayment.objects.select_for_update(no_key=True)
        .filter(gateway=channel, movement="paid", number=payment_number)
        .first()
    )
    if payment is None or payment.currency != amount.currency.code:
        return None
    part = min(amount.minor, payment.amount - payment.refunded)
    owed = 0
    if part:
        posted, owed = _book(payment, part, refund_number, at=at, actor=actor)
        payment.refunded += part
        payment.save(update_fields=["refunded"])
        GatewayPayment.objects.create(
            gateway=channel,
            movement="refunded",
            number=refund_number,
            notice=notice,
            order=payment.order,
            of_payment=payment.pk,
            wallet=payment.wallet,
            currency=payment.currency,
            amount=part,
            entries=[posted.entry_id],
            verdict="owed" if owed else "refunded",
            at=at,
        )
    return Taken(payment.order, owed, amount.minor - part)


def _book(
    payment: GatewayPayment, minor: int, refund_number: str, *, at: datetime, actor: str
) -> tuple[Posted | Replayed, int]:
    """Book the refund, and tell how much of it is owed."""
    outside = channel_account(payment.gateway, payment.currency)
    entry = ledger.Entry(
        kind=CHARGEBACK,
        legs=(),
        key=ledger.key_of(f"gateway:{payment.gateway}", f"refund:{refund_number}"),
        effective_at=at,
        actor=actor,
        channel=payment.gateway,
        data={"payment": payment.pk, "order": payment.order, "gateway_number": payment.number},
    )
    if payment.wallet is None:  # it never left suspense
        out = Leg(suspense_account(payment.currency), -minor)
        return books.post_now(replace(entry, legs=(out, Leg(outside, minor)))), 0
    wallet = find_wallet(payment.wallet)
    debt = debt_account(wallet)
    parts: tuple[int, ...] = (wallet.free, debt)
    order = RechargeOrder.objects.filter(pk=payment.order or 0).first()
    if order is not None and order.spend_only:
        parts = (wallet.locked, *parts)
    taken = replace(entry, legs=(Draw(parts, minor), Leg(outside, minor)))
    try:
        posted = book_now(taken, wallet)
    except WalletDisabled:
        owed = replace(entry, legs=(Leg(debt, -minor), Leg(outside, minor)))
        posted = books.post_now(owed)
    return posted, -sum(leg.amount for leg in posted.legs if leg.account == debt)
