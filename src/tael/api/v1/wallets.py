"""Wallets (資金賬戶) over HTTP: `/wallets`, their figures, lines and statements."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal

from ninja import Query, Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    CurrencyCode,
    Cursor,
    Limit,
    Moment,
    Number,
    PlainNumber,
    Why,
)
from tael.api.paging import page, paged, place_of
from tael.api.reach import own_customer, own_or_any, own_wallet
from tael.api.v1.flow_shapes import ChangeOut, FlowOut, change_out, flow_out
from tael.api.v1.shapes import Page
from tael.api.wire import (
    FiguresOut,
    MoneyOut,
    Out,
    figures_out,
    moment_or_none,
    moment_out,
    money_out,
)
from tael.refusal import Refusal
from tael.wallet import queries
from tael.wallet import wallet as opening
from tael.wallet.figures import figures_now
from tael.wallet.flow import wallet_flow

router = Router(tags=["wallets"])

Axis = Annotated[
    Literal["booked", "effective"],
    Query(description="What the books said then, or what was true then by what is known now."),
]
CodeAsked = Annotated[str | None, Query(pattern="^[A-Z][A-Z0-9]{2,11}$")]

PERIOD_DEFAULT: Final = timedelta(days=31)
PERIOD_MAX: Final = timedelta(days=366)
LINES_MAX: Final = 5000


class PeriodTooLong(Refusal):
    """The statement would be longer than one answer may be, or its period ends before it begins."""

    code = "period_refused"
    rule: ClassVar[str] = "T23"
    remedy = "Ask for a shorter period, or go through /wallets/{number}/flows page by page."


class WalletIn(Body):
    """A wallet to be opened."""

    owner: Number
    currency: CurrencyCode
    name: Annotated[
        str,
        WithJsonSchema({"type": "string", "pattern": "^[0-9A-Za-z][0-9A-Za-z _.-]{0,39}$"}),
    ] = opening.DEFAULT


class WalletOut(Out):
    """A wallet with its present figures."""

    number: int
    owner: int
    currency: str
    name: str
    opened_at: datetime
    disabled_at: datetime | None
    figures: FiguresOut


class WalletDetailOut(WalletOut):
    """A wallet, with what its owner owes."""

    debt: MoneyOut


class WalletsOut(Page):
    """A page of wallets."""

    data: list[WalletOut]


class BalanceOut(Out):
    """The figures of a wallet, now or as of a moment."""

    number: int
    as_of: datetime | None
    axis: Literal["booked", "effective"]
    figures: FiguresOut


class LineOut(Out):
    """One flow record as a line of a wallet: what it changed there, and the figures after it."""

    flow: FlowOut
    change: ChangeOut
    after: FiguresOut


class LinesOut(Page):
    """A page of a wallet's lines, newest first."""

    data: list[LineOut]


class StatementOut(Out):
    """A period of a wallet: closing = opening + the changes."""

    number: int
    after: datetime
    through: datetime
    axis: Literal["booked", "effective"]
    opening: FiguresOut
    lines: list[LineOut]
    closing: FiguresOut


def wallet_out(view: queries.WalletView) -> dict[str, Any]:
    """Write a wallet."""
    wallet = view.wallet
    return {
        "number": wallet.number,
        "owner": wallet.owner,
        "currency": wallet.currency.code,
        "name": wallet.name,
        "opened_at": moment_out(view.opened_at),
        "disabled_at": moment_or_none(view.disabled_at),
        "figures": figures_out(view.figures),
    }


def wallet_detail_out(wallet: opening.Wallet) -> dict[str, Any]:
    """Write a wallet and what its owner owes."""
    view = wallet_out(queries.wallet_view(wallet))
    return view | {"debt": money_out(queries.debt_of(wallet))}


@endpoint(router, "GET", "/wallets", answers=WalletsOut, problems={404})
def list_wallets(
    request: ApiRequest,
    owner: PlainNumber | None = None,
    currency: CodeAsked = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List wallets with their figures, by number."""
    owner = own_or_any(request.call, owner)
    return Answer(
        page(
            lambda after, most: queries.wallets(
                owner=owner, currency=currency, after=after or 0, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.wallet.number,
            write=wallet_out,
        )
    )


@endpoint(router, "POST", "/wallets", answers=WalletDetailOut, status=CREATED, problems={404, 409})
def open_wallet(request: ApiRequest, body: WalletIn) -> Answer:
    """Open a wallet, or give the one that is there already."""
    call = request.call
    owner = own_customer(call, body.owner, field="owner")
    opened = opening.open_wallet(
        owner=owner,
        currency=body.currency,
        name=body.name,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(wallet_detail_out(opened))


@endpoint(router, "GET", "/wallets/{number}", answers=WalletDetailOut)
def get_wallet(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one wallet with its figures and what its owner owes."""
    return Answer(wallet_detail_out(own_wallet(request.call, number, field="number")))


@endpoint(router, "GET", "/wallets/{number}/balance", answers=BalanceOut)
def get_balance(
    request: ApiRequest,
    number: PlainNumber,
    as_of: Moment | None = None,
    axis: Axis = "booked",
) -> Answer:
    """Show a wallet's figures, now or as of a moment (which is included)."""
    wallet = own_wallet(request.call, number, field="number")
    figures = (
        figures_now([wallet])[wallet.number]
        if as_of is None
        else queries.figures_at(wallet, as_of, axis=axis)
    )
    return Answer(
        {
            "number": wallet.number,
            "as_of": moment_or_none(as_of),
            "axis": axis,
            "figures": figures_out(figures),
        }
    )


@endpoint(router, "GET", "/wallets/{number}/flows", answers=LinesOut)
def list_wallet_flows(
    request: ApiRequest,
    number: PlainNumber,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List a wallet's lines, newest first, each with the figures after it."""
    call = request.call
    wallet = own_wallet(call, number, field="number")
    found = wallet_flow(wallet, limit=limit, cursor=place_of(cursor))
    lines = [_line_out(line.record, line.change, line.after, call.customer) for line in found.lines]
    return Answer(paged(lines, found.next))


@endpoint(router, "GET", "/wallets/{number}/statement", answers=StatementOut)
def get_statement(
    request: ApiRequest,
    number: PlainNumber,
    after: Moment | None = None,
    through: Moment | None = None,
    axis: Axis = "booked",
) -> Answer:
    """Show a period of a wallet with opening, lines and closing, oldest line first.

    The period excludes `after` and includes `through`; by default it is the last 31 days.
    """
    call = request.call
    wallet = own_wallet(call, number, field="number")
    end = through or call.received_at
    begin = after or end - PERIOD_DEFAULT
    if not timedelta(0) <= end - begin <= PERIOD_MAX:
        raise PeriodTooLong(
            "This is no period of a statement.", field="after", allowed=f"{PERIOD_MAX.days} days"
        )
    found = queries.statement(wallet, after=begin, through=end, axis=axis)
    if len(found.lines) > LINES_MAX:
        raise PeriodTooLong(
            f"The period has {len(found.lines)} lines.", field="after", allowed=f"{LINES_MAX} lines"
        )
    return Answer(
        {
            "number": wallet.number,
            "after": moment_out(begin),
            "through": moment_out(end),
            "axis": axis,
            "opening": figures_out(found.opening),
            "lines": [
                _line_out(line.record, line.change, line.after, call.customer)
                for line in found.lines
            ],
            "closing": figures_out(found.closing),
        }
    )


@endpoint(router, "POST", "/wallets/{number}/disable", answers=WalletDetailOut)
def disable_wallet(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Switch a wallet off: nothing goes in or out, nor is anything frozen."""
    call = request.call
    wallet = own_wallet(call, number, field="number")
    opening.disable_wallet(wallet=wallet, actor=call.actor, at=call.received_at, reason=body.reason)
    return Answer(wallet_detail_out(wallet))


@endpoint(router, "POST", "/wallets/{number}/enable", answers=WalletDetailOut)
def enable_wallet(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Switch a wallet on again."""
    call = request.call
    wallet = own_wallet(call, number, field="number")
    opening.enable_wallet(wallet=wallet, actor=call.actor, at=call.received_at, reason=body.reason)
    return Answer(wallet_detail_out(wallet))


def _line_out(record: Any, change: Any, after: Any, customer: int | None) -> dict[str, Any]:
    return {
        "flow": flow_out(record, customer=customer),
        "change": change_out(change),
        "after": figures_out(after),
    }
