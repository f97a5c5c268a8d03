"""Money that came in and has no place (待查): kept in suspense until people have placed it.

Source: architecture, section 3; reliability, section 3a; I24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books, ledger
from tael.channels.house import channel_account, suspense_account
from tael.ledger import Kind, Leg
from tael.wallet.models import GatewayPayment

if TYPE_CHECKING:
    from tael.wallet.order_credit import Payment

SUSPENSE: Final = Kind(
    "wallet.suspense", "Money without a place", moves=("channel account -m", "suspense +m")
)


def put_aside(payment: Payment, *, channel: str, why: str, order: int | None) -> GatewayPayment:
    """Keep a payment in suspense.

        channel:<channel>:<currency>   -amount
        suspense:<currency>            +amount

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
    )
