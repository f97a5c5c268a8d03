"""Crediting a recharge order with what was paid: the due part to the order, the rest to the customer.

Source: F-25, SM-01; reliability, section 3a (callback verdicts); I22, I23.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books, ledger
from tael.books.instruction import sno_key
from tael.channels.gateways.registry import gateway_channels
from tael.channels.house import channel_account
from tael.ledger import Kind, Leg
from tael.wallet.booking import book_now
from tael.wallet.lifecycles import ORDER, OrderEvent, OrderState
from tael.wallet.models import GatewayPayment
from tael.wallet.operation import Operation
from tael.wallet.order_events import announce_order
from tael.wallet.receipt import receipt
from tael.wallet.recharge import RECHARGE

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.wallet.models import RechargeOrder
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

ASKED_AGAIN_AFTER: Final = timedelta(days=1)
"""For so long a paid order's gateway is not asked whether it has taken the payment back."""
SURPLUS: Final = Kind(
    "wallet.recharge_surplus",
    "Recharge beyond an order",
    moves=("channel account -m", "wallet free +m"),
)


class Payment(NamedTuple):
    """Money that is known to have come in for an order.

    Args:
        number: unique at the channel; the gateway's own where there is one.
        gateway_number: what is kept on the order.
        notice: the gateway's message that told of it.
        keys: of the instruction, where somebody gave one; used up by the credit.
    """

    number: str
    amount: Money
    at: datetime
    actor: str
    gateway_number: str | None = None
    notice: int | None = None
    keys: tuple[UUID, ...] = ()


def credit_order(order: RechargeOrder, wallet: Wallet, payment: Payment) -> GatewayPayment:
    """Credit a payment; the order's row is locked by the caller.

        channel:<channel>:<currency>   -paid
        wallet free                    +paid        (the due part locked, when it is to be spent only)

    Up to what is due counts towards the order, whatever is more is the customer's free money. A
    closed or expired order stays so and the money is credited all the same.

    Raises:
        WalletDisabled: the wallet is switched off.

    Source: F-25, SM-01; I22, I23.
    """
    due = max(order.amount - order.credited, 0)
    part = min(payment.amount.minor, due)
    rest = payment.amount.minor - part
    booked: list[int] = []
    if part:
        posted = _book(order, wallet, payment, part, spend_only=order.spend_only)
        booked.append(posted.entry_id)
    if rest:
        posted = _book(order, wallet, payment, rest, surplus=True)
        booked.append(posted.entry_id)
    count_towards(order, part + rest, payment)
    return GatewayPayment.objects.create(
        gateway=order.channel,
        movement="paid",
        number=payment.number,
        notice=payment.notice,
        order=order.pk,
        wallet=wallet.number,
        currency=order.currency,
        amount=payment.amount.minor,
        credited=payment.amount.minor,
        entries=booked,
        verdict="credited",
        at=payment.at,
    )


def first_receipt(order: RechargeOrder, wallet: Wallet, *, replayed: bool = True) -> Receipt:
    """Give the receipt of the order's first credit.

    Source: SM-01 (success again: nothing), A-F15.
    """
    payment = GatewayPayment.objects.filter(
        order=order.pk, movement="paid", credited__gt=0
    ).order_by("pk")[0]
    placed = payment.verdict.startswith("suspense_")  # its first entry put it into suspense
    entry = payment.entries[-1 if placed else 0]
    record = ledger.read_entry(books.connection(), entry)
    answer = ledger.Replayed if replayed else ledger.Posted
    posted: Posted | Replayed = answer(
        record.entry_id,
        record.legs,
        record.booked_at,
        record.effective_at,
        record.first_posting,
    )
    return receipt(
        posted,
        operation=Operation.RECHARGE,
        amount=wallet.money(sum(leg.amount for leg in record.legs if leg.amount > 0)),
        touched=(wallet,),
        sno=record.sno,
    )


def _book(
    order: RechargeOrder,
    wallet: Wallet,
    payment: Payment,
    minor: int,
    *,
    spend_only: bool = False,
    surplus: bool = False,
) -> Posted | Replayed:
    """Book one part of a payment under the payment's own key, so that the books too take it once."""
    first = order.credited == 0 and not surplus
    sno = order.sno if first else None
    entry = ledger.Entry(
        kind=SURPLUS if surplus else RECHARGE,
        legs=(
            Leg(channel_account(order.channel, order.currency), -minor),
            Leg(wallet.locked if spend_only else wallet.free, minor),
        ),
        key=ledger.key_of(
            f"gateway:{order.channel}", f"{payment.number}{':surplus' if surplus else ''}"
        ),
        aliases=(*(() if surplus else payment.keys), *(() if sno is None else (sno_key(sno),))),
        effective_at=payment.at,
        actor=payment.actor,
        channel=order.channel,
        sno=sno,
        pno=order.pno,
        code=order.code,
        info=order.info,
        data={"order": order.pk, "gateway_number": payment.gateway_number},
        content=("order", order.pk, minor, spend_only),
    )
    return book_now(entry, wallet)


def count_towards(order: RechargeOrder, minor: int, payment: Payment) -> None:
    """Count what came in towards the order and move its state, if it may still move.

    Args:
        order: its row is locked by the caller.
        minor: > 0, in minor units of the order's currency.

    Source: SM-01; I22.
    """
    order.credited += minor
    moved = False
    if order.state in {OrderState.CREATED, OrderState.PARTIAL}:
        paid = order.credited >= order.amount
        event = OrderEvent.PAY_REST if paid else OrderEvent.PAY_PART
        order.state = ORDER.after(OrderState(order.state), event).value
        moved = True
    order.gateway_number = payment.gateway_number or order.gateway_number
    order.changed_at = payment.at
    if order.state == OrderState.SUCCESS and order.channel in gateway_channels():
        order.ask_at = payment.at + ASKED_AGAIN_AFTER
    order.save(update_fields=["credited", "state", "gateway_number", "changed_at", "ask_at"])
    if moved:
        announce_order(order, at=payment.at)
