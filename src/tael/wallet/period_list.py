"""The months of the books: which are closed, by whom, and what customers owned at both ends of them.

Source: I35; B-28 (closing = opening + entries - exits).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.books.models import PeriodTotal
from tael.money import Money
from tael.wallet.period import Month, month_of
from tael.wallet.soft_close import soft_closed_through

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tael.ledger import ClosedPeriod

PAGE_MAX: Final = 200
_FIRST: Final = "SELECT least(effective_at, booked_at) FROM {book}.entry ORDER BY id LIMIT 1"

State = Literal["running", "open", "closing", "closed"]


class Totals(NamedTuple):
    """What customers owned in one currency: closing = opening + came + went, and went is not above zero."""

    opening: Money
    came: Money
    went: Money
    closing: Money


class Period(NamedTuple):
    """A month of the books.

    Args:
        state: running; open, when it is over; closing, while only what has a reason is taken; or closed.
        closed: when and by whom; with a later month, if that was closed first.
        totals: in the order of their currencies; None until they have been added up, as long as it is open.
    """

    month: Month
    state: State
    closed: ClosedPeriod | None
    totals: list[Totals] | None


def periods(*, at: datetime, before: Month | None = None, limit: int = 24) -> list[Period]:
    """List the months from the present one back to the first of the books, newest first.

    Args:
        at: now.
        before: the last one seen.

    Source: I35; B-28.
    """
    newest = month_of(at).place
    first = min(_first_place(), newest)
    newest = min(newest, before.place - 1) if before else newest
    wanted = range(newest, max(first - 1, newest - min(max(limit, 1), PAGE_MAX)), -1)
    return _periods([Month.at_place(place) for place in wanted], at)


def period(month: Month, *, at: datetime) -> Period:
    """Give one month, also one before the first entry.

    Args:
        at: now.

    Source: I35; B-28.
    """
    return _periods([month], at)[0]


def _periods(months: list[Month], at: datetime) -> list[Period]:
    closed = ledger.closed_periods(books.connection())
    totals, soft = _totals(months), soft_closed_through()
    return [_period(month, closed, totals.get(month), at, soft) for month in months]


def _period(
    month: Month,
    closed: list[ClosedPeriod],
    totals: list[Totals] | None,
    at: datetime,
    soft: datetime | None,
) -> Period:
    by = next((one for one in closed if one.through >= month.last_moment), None)
    if by is not None:
        return Period(month, "closed", by, totals)
    if soft is not None and month.last_moment <= soft:
        return Period(month, "closing", None, None)
    return Period(month, "open" if month.ends <= at else "running", None, None)


def _totals(months: Iterable[Month]) -> dict[Month, list[Totals]]:
    units = books.currencies()
    found: dict[Month, list[Totals]] = {}
    for row in PeriodTotal.objects.filter(month__in=[month.first_day for month in months]):
        unit = units[row.currency].currency
        figures = (row.opening, row.came, row.went, row.closing)
        totals = Totals(*(Money(int(figure), unit) for figure in figures))
        found.setdefault(Month(row.month.year, row.month.month), []).append(totals)
    return found


def _first_place() -> int:
    """Count from the first entry, or from the first month that has totals: it may have been dated back."""
    row = Cursor(books.connection()).execute(ledger.MAIN.sql(_FIRST)).fetchone()
    places = [month_of(row[0]).place] if row else []
    kept = PeriodTotal.objects.order_by("month").values_list("month", flat=True).first()
    if kept is not None:
        places.append(Month(kept.year, kept.month).place)
    return min(places, default=Month(2999, 12).place)
