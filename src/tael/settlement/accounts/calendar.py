"""Business calendars: Monday to Friday, and the days that are an exception (holidays, working weekends).

Source: peers-settlement-invest A9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.parties import audit
from tael.parties.text import parse_text
from tael.settlement.models import CalendarDay

if TYPE_CHECKING:
    from datetime import date, datetime

    from tael.settlement.accounts.period import IsBusiness

__all__ = ["CalendarDay", "business_days", "calendars", "exceptions", "set_calendar_day"]

FRIDAY: Final = 5
CALENDAR_MAX: Final = 32
NAME_MAX: Final = 100


@books.atomic
def set_calendar_day(
    *, calendar: str, day: date, business: bool, actor: str, at: datetime, name: str = ""
) -> CalendarDay:
    """Say of one day of a calendar whether business is done on it, from now on.

    Periods that have been billed stay as they are.

    Args:
        calendar: its name; one that is not there yet begins with this day.
        name: what the day is called, for people.

    Raises:
        TextMalformed: the calendar has no name.

    Source: A9.
    """
    code = parse_text(calendar, field="calendar", longest=CALENDAR_MAX)
    called = parse_text(name, field="name", longest=NAME_MAX, may_be_empty=True)
    before = CalendarDay.objects.filter(calendar=code, day=day).order_by("-id").first()
    if before is not None and (before.business, before.name) == (business, called):
        return before
    entered = CalendarDay.objects.create(
        calendar=code, day=day, business=business, name=called, set_at=at, set_by=actor
    )
    audit.record(
        actor=actor,
        action="calendar.set",
        subject=f"calendar:{code}",
        at=at,
        details={"day": day.isoformat(), "business": business, "name": called},
    )
    return entered


def exceptions(calendar: str) -> list[CalendarDay]:
    """List the days of a calendar that are exceptions, by day, each as it is in force. One query.

    Source: A9.
    """
    if "\0" in calendar:
        return []  # in no text of the database
    rows = CalendarDay.objects.filter(calendar=calendar).order_by("day", "-id").distinct("day")
    return [row for row in rows if row.business != _usual(row.day) or row.name]


def calendars() -> list[str]:
    """List the names of the calendars that have an exception.

    Source: A9.
    """
    found = CalendarDay.objects.order_by("calendar").values_list("calendar", flat=True)
    return list(found.distinct())


def business_days(calendar: str) -> IsBusiness:
    """Give the test whether a day is a business day of a calendar. One query.

    Source: A9.
    """
    rows = CalendarDay.objects.filter(calendar=calendar).order_by("id")
    said = dict(rows.values_list("day", "business"))
    return lambda day: said.get(day, _usual(day))


def _usual(day: date) -> bool:
    """Tell whether business is done on a day of which nothing was said."""
    return day.isoweekday() <= FRIDAY
