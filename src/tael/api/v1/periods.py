"""The months of the books over HTTP: listed with their totals, and closed (結賬)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Path, Router
from pydantic import Field, WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Limit, Nothing
from tael.api.paging import number_of, paged
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.wallet import period_list
from tael.wallet.period import Month, close_month, parse_month
from tael.wallet.soft_close import reopen_month, soft_close_month

router = Router(tags=["periods"])

MonthNamed = Annotated[
    str,
    Path(description="Of the business zone."),
    WithJsonSchema(
        {"type": "string", "pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])$", "examples": ["2026-10"]}
    ),
]


class TotalsOut(Out):
    """What customers owned in one currency: closing = opening + came + went; went is not above zero."""

    opening: MoneyOut
    came: MoneyOut
    went: MoneyOut
    closing: MoneyOut


class PeriodOut(Out):
    """A month of the books. Its totals are added up after it was closed; until then they are null."""

    month: str
    state: Literal["running", "open", "closing", "closed"]
    begins: datetime
    ends: datetime
    closed_at: datetime | None
    closed_by: str | None
    totals: list[TotalsOut] | None


class ReopenIn(Body):
    """Why a month is opened again."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class PeriodsOut(Page):
    """A page of months, newest first."""

    data: list[PeriodOut]


def period_out(period: period_list.Period) -> dict[str, Any]:
    """Write a month."""
    month, closed, totals = period.month, period.closed, period.totals
    return {
        "month": str(month),
        "state": period.state,
        "begins": moment_out(month.begins),
        "ends": moment_out(month.ends),
        "closed_at": moment_or_none(closed.at if closed else None),
        "closed_by": closed.by if closed else None,
        "totals": None
        if totals is None
        else [
            {name: money_out(figure) for name, figure in each._asdict().items()} for each in totals
        ],
    }


@endpoint(router, "GET", "/periods", answers=PeriodsOut)
def list_periods(
    request: ApiRequest, cursor: Cursor | None = None, limit: Limit = PAGE_DEFAULT
) -> Answer:
    """List the months of the books, newest first: which are closed, and what customers owned in them."""
    place = number_of(cursor)
    found = period_list.periods(
        at=request.call.received_at,
        before=None if place is None else Month.at_place(place),
        limit=limit,
    )
    more = len(found) == limit and bool(found)
    return Answer(
        paged([period_out(each) for each in found], found[-1].month.place if more else None)
    )


@endpoint(router, "GET", "/periods/{month}", answers=PeriodOut)
def get_period(request: ApiRequest, month: MonthNamed) -> Answer:
    """Show one month of the books."""
    found = period_list.period(parse_month(month), at=request.call.received_at)
    return Answer(period_out(found))


@endpoint(router, "POST", "/periods/{month}/close", answers=PeriodOut, problems={409})
def close_period(request: ApiRequest, month: MonthNamed, body: Nothing) -> Answer:  # noqa: ARG001
    """Close a month and all before it: nothing takes effect there any more. It is not opened again."""
    call = request.call
    closed = parse_month(month)
    close_month(month=closed, actor=call.actor, at=call.received_at)
    return Answer(period_out(period_list.period(closed, at=call.received_at)))


@endpoint(router, "POST", "/periods/{month}/soft-close", answers=PeriodOut, problems={409})
def soft_close_period(request: ApiRequest, month: MonthNamed, body: Nothing) -> Answer:  # noqa: ARG001
    """Begin to close a month and all before it: only what somebody posts late, with a reason, is taken there."""
    call = request.call
    named = parse_month(month)
    soft_close_month(month=named, actor=call.actor, at=call.received_at)
    return Answer(period_out(period_list.period(named, at=call.received_at)))


@endpoint(router, "POST", "/periods/{month}/reopen", answers=PeriodOut, problems={409})
def reopen_period(request: ApiRequest, month: MonthNamed, body: ReopenIn) -> Answer:
    """Open a month again that is being closed, and all behind it. A closed one is not opened again."""
    call = request.call
    named = parse_month(month)
    reopen_month(month=named, reason=body.reason, actor=call.actor, at=call.received_at)
    return Answer(period_out(period_list.period(named, at=call.received_at)))
