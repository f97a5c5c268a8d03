"""Closing a month (結賬): from then on nothing can take effect in it, through whatever door it comes.

A month is one of the business zone. A closed one is not opened again: a correction is booked in an open
month, with a word about the closed one.

Source: I35; peers-ledger, section 3 (period close).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.wallet.serial_number import business_zone

__all__ = ["Month", "MonthMalformed", "MonthNotOver", "close_month", "month_of", "parse_month"]

if TYPE_CHECKING:
    from typing import Self

_MONTH: Final = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
_YEAR: Final = 12


class MonthMalformed(Refusal):
    """This names no month."""

    code = "month_malformed"
    rule = "I35"
    remedy = "Name a year and a month, as 2026-10."


class MonthNotOver(Refusal):
    """A month is closed when it is over: until then its business is still being done."""

    code = "month_not_over"
    because: ClassVar[Because] = "conflict"
    rule = "I35"
    remedy = "Wait until the month is over in the business zone."


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the business zone.

    Args:
        year: 1000 to 2999.
        number: 1 to 12.
    """

    year: int
    number: int

    def __str__(self) -> str:
        """Write it, as 2026-10."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def place(self) -> int:
        """Count the months, so that the following one is one more."""
        return self.year * _YEAR + self.number - 1

    @classmethod
    def at_place(cls, place: int) -> Self:
        """Give the month that has this place."""
        return cls(place // _YEAR, place % _YEAR + 1)

    @property
    def first_day(self) -> date:
        """Give its first day."""
        return date(self.year, self.number, 1)

    @property
    def begins(self) -> datetime:
        """Give its first moment, in UTC."""
        return datetime.combine(self.first_day, time(), business_zone()).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """Give the first moment after it, in UTC."""
        return Month.at_place(self.place + 1).begins

    @property
    def last_moment(self) -> datetime:
        """Give its last moment: the books tell the time in microseconds."""
        return self.ends - timedelta(microseconds=1)


def month_of(moment: datetime) -> Month:
    """Give the month of the business zone in which a moment lies.

    Source: I35.
    """
    there = moment.astimezone(business_zone())
    return Month(there.year, there.month)


def parse_month(text: str) -> Month:
    """Read a month.

    Raises:
        MonthMalformed: it is none.

    Source: I35.
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        message = "This is no month."
        raise MonthMalformed(
            message, field="month", there=ascii(text)[1:-1][:20], allowed="as 2026-10"
        )
    return Month(int(found[1]), int(found[2]))


@books.atomic
def close_month(*, month: Month, actor: str, at: datetime) -> None:
    """Close a month, and with it all that lies before it.

    Entries on their way are waited for: each is in the month before it closes, or is refused.

    Raises:
        MonthNotOver: its last day is not over yet.
        PeriodNotAhead: it has been closed before.

    Source: I35; peers-ledger, section 3 (period close).
    """
    if at < month.ends:
        message = f"The month {month} is not over."
        raise MonthNotOver(
            message,
            field="month",
            there=str(month),
            allowed=f"through {Month.at_place(month_of(at).place - 1)}",
        )
    ledger.close_period(books.connection(), through=month.last_moment, actor=actor)
    audit.record(
        actor=actor,
        action="period.close",
        subject=f"period:{month}",
        at=at,
        details={"through": month.last_moment.isoformat()},
    )
