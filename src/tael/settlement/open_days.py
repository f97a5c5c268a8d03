"""Which days a business record may be booked on: those of open periods, up to tomorrow.

Source: E-12; peers-settlement-invest A38; I35.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

AHEAD: Final = timedelta(days=1)
"""The day has begun somewhere: a source may be a zone ahead of the house."""


class DayNotOpen(Refusal):
    """The day lies in a period that has been closed, or has not begun yet."""

    code = "day_not_open"
    because: ClassVar[Because] = "conflict"
    rule = "A38"
    remedy = "Book it on an open day and keep the true one as the day on which it happened."


def first_open_day(zone: tzinfo) -> date:
    """Give the first day that is not closed.

    Source: I35.
    """
    closed = ledger.closed_through(books.connection())
    return date.min if closed is None else closed.astimezone(zone).date() + timedelta(days=1)


def check_day(day: date, *, zone: tzinfo, at: datetime, field: str = "day") -> None:
    """Refuse a day that is not open.

    Args:
        zone: in which days are meant. at: now.

    Raises:
        DayNotOpen: naming the days that are.
    """
    first, last = first_open_day(zone), at.astimezone(zone).date() + AHEAD
    if not first <= day <= last:
        message = f"{day} is no open day."
        since = "" if first == date.min else f"from {first} "
        raise DayNotOpen(message, field=field, there=day.isoformat(), allowed=f"{since}to {last}")
