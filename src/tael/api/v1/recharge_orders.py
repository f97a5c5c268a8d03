"""Recharge orders (接口充值) over HTTP: created, paid at a gateway, confirmed or closed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Amount,
    ChannelText,
    Cursor,
    InfoText,
    Limit,
    Moment,
    Nothing,
    Number,
    PlainNumber,
    PnoText,
    Said,
)
from tael.api.paging import page
from tael.api.reach import instruction, own_customer, own_or_any, own_wallet
from tael.api.v1.operations import receipt_answer
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, ReceiptOut, moment_or_none, moment_out, money_out
from tael.wallet import recharge_order as orders
from tael.wallet.lifecycles import OrderState
from tael.wallet.queries import orders as list_orders
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.wallet.recharge_order import RechargeOrder

router = Router(tags=["recharge orders"])

State = Literal["created", "partial", "success", "closed", "expired"]


class OrderIn(Said):
    """A recharge that a customer sets out to pay at a gateway."""

    owner: Number
    wallet: Number | None = None
    amount: Amount
    spend_only: bool = False
    expires_at: Moment | None = None
    channel: ChannelText


class ConfirmIn(Said):
    """What the platform has seen to be paid; it must agree with the order."""

    owner: Number
    wallet: Number | None = None
    amount: Amount
    channel: ChannelText
    pno: PnoText | None = None
    info: InfoText = ""


class OrderOut(Out):
    """A recharge order. Its number is the seed's `logid`."""

    number: int
    reference: str
    wallet: int
    owner: int
    channel: str
    amount: MoneyOut
    credited: MoneyOut
    state: State
    spend_only: bool
    info: str
    sno: str | None
    pno: str | None
    code: str
    gateway_number: str | None
    created_at: datetime
    expires_at: datetime | None
    changed_at: datetime | None


class NewOrderOut(OrderOut):
    """A recharge order as it was created, or would have been."""

    number: int | None  # type: ignore[assignment]  # a dry run has none
    reference: str | None  # type: ignore[assignment]
    dry_run: bool


class OrdersOut(Page):
    """A page of recharge orders, newest first."""

    data: list[OrderOut]


class CheckoutOut(Out):
    """Where the payer is sent, and with which parameters."""

    url: str
    method: Literal["GET", "POST"]
    parameters: dict[str, str]


def order_out(row: "RechargeOrder") -> dict[str, Any]:
    """Write an order as it stands."""
    wallet = find_wallet(row.wallet)
    return {
        "number": row.pk,
        "reference": orders.order_number(row),
        "wallet": row.wallet,
        "owner": row.owner,
        "channel": row.channel,
        "amount": money_out(wallet.money(row.amount)),
        "credited": money_out(wallet.money(row.credited)),
        "state": row.state,
        "spend_only": row.spend_only,
        "info": row.info,
        "sno": row.sno,
        "pno": row.pno,
        "code": row.code,
        "gateway_number": row.gateway_number,
        "created_at": moment_out(row.created_at),
        "expires_at": moment_or_none(row.expires_at),
        "changed_at": moment_or_none(row.changed_at),
    }


def new_order_out(row: "RechargeOrder", *, dry_run: bool) -> dict[str, Any]:
    """Write an order as it was created, so that a repetition reads the same for ever."""
    first = {
        "credited": money_out(find_wallet(row.wallet).money(0)),
        "state": OrderState.CREATED.value,
        "gateway_number": None,
        "changed_at": None,
    }
    nowhere = {"number": None, "reference": None} if dry_run else {}
    return order_out(row) | first | nowhere


@endpoint(router, "GET", "/recharge-orders", answers=OrdersOut, problems={404})
def list_recharge_orders(
    request: ApiRequest,
    owner: PlainNumber | None = None,
    state: Annotated[State | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List recharge orders, newest first."""
    owner = own_or_any(request.call, owner)
    return Answer(
        page(
            lambda before, most: list_orders(owner=owner, state=state, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=order_out,
        )
    )


@endpoint(
    router,
    "POST",
    "/recharge-orders",
    answers=NewOrderOut,
    status=CREATED,
    moves_money=True,
)
def create_recharge_order(request: ApiRequest, body: OrderIn) -> Answer:
    """Create a recharge order. No money moves until its payment is proven."""
    call = request.call
    row = orders.create_order(
        owner=own_customer(call, body.owner, field="owner"),
        amount=body.amount.money(),
        instruction=instruction(call, body),
        wallet=None if body.wallet is None else own_wallet(call, body.wallet),
        spend_only=body.spend_only,
        expires_at=body.expires_at,
    )
    made_now = row.created_at == call.received_at
    return Answer(new_order_out(row, dry_run=call.dry_run), replayed=not made_now)


@endpoint(router, "GET", "/recharge-orders/{number}", answers=OrderOut)
def get_recharge_order(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one recharge order as it stands."""
    return Answer(order_out(orders.order(number, owner=request.call.customer)))


@endpoint(router, "GET", "/recharge-orders/{number}/checkout", answers=CheckoutOut, problems={409})
def get_checkout(
    request: ApiRequest,
    number: PlainNumber,
    return_url: Annotated[str, Query(max_length=500, pattern="^(https?://[!-~]+)?$")] = "",
) -> Answer:
    """Say where the payer is sent to pay what is due of an order."""
    row = orders.order(number, owner=request.call.customer)
    told = orders.checkout(row, return_url=return_url)
    return Answer({"url": told.url, "method": told.method, "parameters": dict(told.parameters)})


@endpoint(
    router,
    "POST",
    "/recharge-orders/{number}/confirm",
    answers=ReceiptOut,
    status=CREATED,
    moves_money=True,
)
def confirm_recharge_order(request: ApiRequest, number: PlainNumber, body: ConfirmIn) -> Answer:
    """Credit an order whose payment the platform has verified itself (the seed's step 2)."""
    call = request.call
    receipt = orders.confirm_order(
        order=number,
        owner=own_customer(call, body.owner, field="owner"),
        amount=body.amount.money(),
        instruction=instruction(call, body),
        wallet=body.wallet,
    )
    return receipt_answer(call, receipt)


@endpoint(router, "POST", "/recharge-orders/{number}/close", answers=OrderOut, problems={409})
def close_recharge_order(
    request: ApiRequest,
    number: PlainNumber,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Close an order that will not be paid. Money that still arrives is credited all the same."""
    call = request.call
    row = orders.close_order(order=number, at=call.received_at, owner=call.customer)
    return Answer(order_out(row))
