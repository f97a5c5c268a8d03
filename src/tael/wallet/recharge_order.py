"""Interface recharge (接口充值) as an order: created without money, credited when the payment is proven.

The order's number is the seed's `logid`. What was paid is credited by `order_credit`, on a platform's
word here or on a gateway's in `notice`.

Source: F-25, SM-01; A-F10, A-F26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.channels.gateways.base import Order
from tael.channels.gateways.registry import gateway
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.wallet.lifecycles import ORDER, OrderEvent, OrderState
from tael.wallet.models import RechargeOrder
from tael.wallet.operation import Operation
from tael.wallet.order_credit import Payment, credit_order, first_receipt
from tael.wallet.order_events import announce_order
from tael.wallet.permit import permit
from tael.wallet.wallet import default_wallet, wallet_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books import Instruction
    from tael.channels.gateways.base import Checkout
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

__all__ = [
    "OrderClosed",
    "OrderMismatch",
    "RechargeOrder",
    "UnknownOrder",
    "checkout",
    "close_order",
    "confirm_order",
    "create_order",
    "expire_orders",
    "order",
    "order_number",
]

PREFIX: Final = "R"
_COMPARED: Final = (
    "owner",
    "wallet",
    "currency",
    "amount",
    "channel",
    "spend_only",
    "sno",
    "pno",
    "code",
    "info",
)


class UnknownOrder(Refusal):
    """There is no recharge order of this number, or it is another customer's."""

    code = "unknown_order"
    because: ClassVar[Because] = "absent"
    rule = "F-25"
    remedy = "Use the number (logid) that creating the order gave."


class OrderMismatch(Refusal):
    """What is said to be paid differs from the order."""

    code = "order_mismatch"
    because: ClassVar[Because] = "conflict"
    rule = "A-F10"
    remedy = "Confirm the order with its own customer, wallet, currency and amount."


class OrderClosed(Refusal):
    """The order was closed or has expired."""

    code = "order_closed"
    because: ClassVar[Because] = "conflict"
    rule = "A-F10"
    remedy = "Let the gateway's own notice come, or recharge directly."


@books.atomic
def create_order(
    *,
    owner: int,
    amount: Money,
    instruction: Instruction,
    wallet: Wallet | None = None,
    spend_only: bool = False,
    expires_at: datetime | None = None,
) -> RechargeOrder:
    """Create a recharge order. No money moves; the order's id is the `logid` of the second step.

    Sent again under the same key or serial number it gives the first order.

    Args:
        wallet: the owner's own; None takes his default wallet, which is opened if need be.
        spend_only: what will be credited may be consumed only.
        expires_at: until when it should be paid; None has no end.

    Raises:
        UnknownWallet: the wallet is not the owner's.
        KeyReused: the key or the serial number stands for another order.
        and those of ``recharge``.

    Source: F-25, SM-01, A-F5.
    """
    into = wallet or default_wallet(
        owner, amount.currency.code, actor=instruction.actor, at=instruction.at
    )
    wallet_of(owner, into.number)
    permit(wallet=into, amount=amount, instruction=instruction)
    keys = instruction.entry_keys(operation=int(Operation.RECHARGE))
    asked = RechargeOrder(
        key=keys.key,
        wallet=into.number,
        owner=owner,
        currency=amount.currency.code,
        amount=amount.minor,
        channel=instruction.channel,
        spend_only=spend_only,
        info=instruction.info,
        sno=instruction.sno,
        pno=instruction.pno,
        code=instruction.code,
        created_at=instruction.at,
        created_by=instruction.actor,
        expires_at=expires_at,
    )
    RechargeOrder.objects.bulk_create([asked], ignore_conflicts=True)
    kept = RechargeOrder.objects.filter(key=keys.key).first()
    if kept is None:
        kept = RechargeOrder.objects.get(sno=instruction.sno)
    for column in _COMPARED:
        if getattr(kept, column) != getattr(asked, column):
            message = f"The key or serial number stands for an order with another {column}."
            raise ledger.KeyReused(message, field=column, there=str(getattr(kept, column)))
    if kept.state == OrderState.CREATED:
        announce_order(kept, at=kept.created_at)
    return kept


def order(number: int, *, owner: int | None = None) -> RechargeOrder:
    """Give a recharge order as it stands.

    Args:
        owner: only if it is this customer's.

    Raises:
        UnknownOrder: there is none.

    Source: F-25.
    """
    found = None
    if 0 < number < 2**63:
        found = RechargeOrder.objects.filter(pk=number).first()
    if found is None or owner not in {None, found.owner}:
        raise _unknown(number)
    return found


@books.atomic
def confirm_order(
    *,
    order: int,
    owner: int,
    amount: Money,
    instruction: Instruction,
    wallet: int | None = None,
) -> Receipt:
    """Credit an order whose payment the platform has verified itself (the seed's step 2).

        channel:<channel>:<currency>   -amount
        wallet free                    +amount      (locked, when the order is to be spent only)

    A second confirmation changes nothing and gives the first receipt. Serial number, info and code
    are those of the order; the instruction's ``pno`` is kept as the gateway's number.

    Args:
        order: its number (`logid`).
        owner: must be the order's, as must amount, currency, channel and wallet.
        wallet: number of the wallet; None takes the order's.

    Raises:
        UnknownOrder: there is none of this number.
        OrderMismatch: naming what differs.
        KeyReused: the key, or the gateway's number, stands for another payment.
        OrderClosed: it was closed, or has expired.

    Source: F-25, SM-01; A-F10, A-F26.
    """
    row = locked_order(order)
    _check_agrees(row, owner=owner, amount=amount, wallet=wallet, channel=instruction.channel)
    into = find_wallet(row.wallet)
    if row.state == OrderState.SUCCESS:
        return first_receipt(row, into)
    if row.state in {OrderState.CLOSED, OrderState.EXPIRED}:
        message = f"Order {row.pk} is {row.state}."
        raise OrderClosed(message, field="order", there=row.state)
    if row.credited:
        message = f"{into.money(row.credited)} has come in for order {row.pk} already."
        raise OrderMismatch(message, field="amount", there=str(into.money(row.credited)))
    payment = Payment(
        number=instruction.pno or f"order:{row.pk}",
        amount=amount,
        at=instruction.at,
        actor=instruction.actor,
        gateway_number=instruction.pno,
        keys=(instruction.entry_keys().key,),
    )
    credit_order(row, into, payment)
    return first_receipt(row, into, replayed=False)


@books.atomic
def close_order(
    *, order: int, at: datetime, owner: int | None = None, actor: str = ""
) -> RechargeOrder:
    """Close an order that will not be paid. Balances are not touched; closing again changes nothing.

    Money that still arrives is credited to the customer when the gateway says so.

    Args:
        owner: only if it is this customer's.
        actor: who of the staff closes it, for the audit trail.

    Raises:
        UnknownOrder: there is none, or it is not this owner's.
        MoveNotAllowed: it has been paid, or has expired.

    Source: A-F10; SM-01.
    """
    row = locked_order(order)
    if owner not in {None, row.owner}:
        raise _unknown(order)
    if row.state != OrderState.CLOSED:
        _move(row, OrderEvent.CLOSE, at)
        if actor:
            subject = f"recharge_order:{row.pk}"
            audit.record(actor=actor, action="recharge_order.close", subject=subject, at=at)
    return row


def expire_orders(*, at: datetime, limit: int = 1000) -> int:
    """Mark the open orders whose time is over, and tell how many. Balances are not touched.

    May run at any time, twice or in parallel.

    Source: A-F10.
    """
    open_states = [OrderState.CREATED.value, OrderState.PARTIAL.value]
    due = RechargeOrder.objects.filter(state__in=open_states, expires_at__lte=at)
    return sum(_expire(number, at) for number in list(due.values_list("pk", flat=True)[:limit]))


def order_number(row: RechargeOrder) -> str:
    """Give the order's number as gateways know it.

    Source: F-25.
    """
    return f"{PREFIX}{row.pk}"


def checkout(row: RechargeOrder, *, return_url: str = "") -> Checkout:
    """Say where the payer is sent to pay an order, over its channel's gateway.

    Outside any transaction: a gateway may be asked over the network.

    Raises:
        MoveNotAllowed: it was paid or closed, or has expired; nobody shall pay it any more.
        UnknownGateway: no gateway stands behind the order's channel.

    Source: F-25; SM-01.
    """
    ORDER.after(OrderState(row.state), OrderEvent.PAY_REST)
    due = find_wallet(row.wallet).money(row.amount - row.credited)
    told = Order(
        number=order_number(row),
        amount=due,
        subject=row.info[:100],
        return_url=return_url,
        expires_at=row.expires_at,
    )
    return gateway(row.channel).checkout(told)


@books.atomic
def _expire(number: int, at: datetime) -> bool:
    row = locked_order(number)
    over = row.expires_at is not None and row.expires_at <= at
    if not over or row.state not in {OrderState.CREATED, OrderState.PARTIAL}:
        return False
    _move(row, OrderEvent.EXPIRE, at)
    return True


def locked_order(number: int) -> RechargeOrder:
    """Give an order with its row locked until the caller's transaction ends.

    Raises:
        UnknownOrder: there is none.

    Source: SM-01.
    """
    found = None
    if 0 < number < 2**63:
        found = RechargeOrder.objects.select_for_update(no_key=True).filter(pk=number).first()
    if found is None:
        raise _unknown(number)
    return found


def _move(row: RechargeOrder, event: OrderEvent, at: datetime) -> None:
    row.state = ORDER.after(OrderState(row.state), event).value
    row.changed_at = at
    row.save(update_fields=["state", "changed_at"])
    announce_order(row, at=at)


def _check_agrees(
    row: RechargeOrder, *, owner: int, amount: Money, wallet: int | None, channel: str
) -> None:
    said = (
        ("owner", owner, row.owner),
        ("wallet", wallet if wallet is not None else row.wallet, row.wallet),
        ("currency", amount.currency.code, row.currency),
        ("amount", amount.minor, row.amount),
        ("channel", channel, row.channel),
    )
    for field, told, ordered in said:
        if told != ordered:
            message = f"Order {row.pk} has another {field}."
            raise OrderMismatch(message, field=field, there=str(told)[:40])


def _unknown(number: int) -> UnknownOrder:
    message = "There is no such recharge order."
    return UnknownOrder(message, field="order", there=str(number)[:32])
