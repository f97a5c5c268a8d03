"""Accounting periods (賬期) of merchant accounts: which days belong together, and when they are billed. Pure.

Source: B-20, B-26, B-27; peers-settlement-invest A9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

CycleLength = Literal["day", "week", "month"]
IsBusiness = Callable[[date], bool]

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
ANCHOR_MAX: Final[dict[str, int]] = {"day": 1, "week": 7, "month": 28}
SEARCHED_MAX: Final = 400
"""A calendar without a business day for so long is no calendar."""


class Period(NamedTuple):
    """The days that one bill is for, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """How an account's days are divided into periods.

    Args:
        length: day, week or month.
        anchor: the day on which a period begins: 1 (Monday) to 7 of a week, 1 to 28 of a month; 1 for days.
        settle_after: a period is billed so many days after its last one (T+n), at least 1.
        business: which days count for ``settle_after``; None counts every day.

    Raises:
        ValueError: the anchor is no day of such a period, or ``settle_after`` is below 1.
    """

    length: CycleLength = "month"
    anchor: int = 1
    settle_after: int = 1
    business: IsBusiness | None = None

    def __post_init__(self) -> None:
        """Refuse what would divide no days."""
        if not 1 <= self.anchor <= ANCHOR_MAX[self.length] or self.settle_after < 1:
            raise ValueError(f"no such cycle: {self}")

    def period_of(self, day: date) -> Period:
        """Give the period that a day belongs to.

        >>> Cycle("month").period_of(date(2026, 2, 14))
        Period(first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28))
        >>> Cycle("month", anchor=15).period_of(date(2026, 3, 14)).first
        datetime.date(2026, 2, 15)
        """
        if self.length == "day":
            return Period(day, day)
        if self.length == "week":
            first = day - timedelta(days=(day.isoweekday() - self.anchor) % 7)
            return Period(first, first + WEEK - DAY)
        first = day.replace(day=self.anchor)
        if first > day:
            first = (first.replace(day=1) - DAY).replace(day=self.anchor)
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=self.anchor)
        return Period(first, following - DAY)

    def before(self, period: Period) -> Period:
        """Give the period before another."""
        return self.period_of(period.first - DAY)

    def after(self, period: Period) -> Period:
        """Give the period that follows another."""
        return self.period_of(period.last + DAY)

    def billed_on(self, period: Period) -> date:
        """Give the day from which on a period's bill is due: T+n after its last day.

        >>> weekdays = Cycle("day", settle_after=1, business=lambda day: day.isoweekday() < 6)
        >>> weekdays.billed_on(Period(date(2026, 11, 20), date(2026, 11, 20)))  # a Friday
        datetime.date(2026, 11, 23)
        """
        day, left, searched = period.last, self.settle_after, 0
        while left:
            day += DAY
            searched += 1
            if searched > SEARCHED_MAX:
                raise ValueError("the calendar has no business days")
            if self.business is None or self.business(day):
                left -= 1
        return day

    def latest_due(self, day: date) -> Period:
        """Give the newest period whose bill is due on a day."""
        period = self.before(self.period_of(day))
        while self.billed_on(period) > day:
            period = self.before(period)
        return period

    def due(self, day: date, *, since: date) -> Iterator[Period]:
        """Give the periods that are due on a day, oldest first, from the one that ``since`` belongs to.

        >>> [period.last.day for period in Cycle("day").due(date(2026, 3, 4), since=date(2026, 3, 1))]
        [1, 2, 3]
        """
        period = self.period_of(since)
        while period.last < day and self.billed_on(period) <= day:
            yield period
            period = self.after(period)
