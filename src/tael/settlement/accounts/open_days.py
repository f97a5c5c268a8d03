"""Which days a business record may be booked on: those of open periods, up to tomorrow.

Source: E-12; peers-settlement-invest A38; I35.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books, ledger
from tael.refusal import Because, Refusal
from tael.wallet.soft_close import PeriodClosing, soft_closed_through

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

AHEAD: Final = timedelta(days=1)
"""The day has begun somewhere: a source may be a zone ahead of the house."""
EARLIEST: Final = date(1970, 1, 1)
"""Before it no platform did business; a slip of the pen is not to be billed century by century."""


class DayNotOpen(Refusal):
    """The day lies in a period that has been closed, or has not begun yet."""

    code = "day_not_open"
    because: ClassVar[Because] = "conflict"
    rule = "A38"
    remedy = "Book it on an open day and keep the true one as the day on which it happened."


class OpenDays(NamedTuple):
    """The days on which something can be booked, in one time zone; both ends included.

    Args:
        closing: the first day of those that are being closed, up to ``first``; None where there are none.
    """

    first: date
    today: date
    last: date
    closing: date | None = None

    def check(self, day: date, *, field: str = "day") -> None:
        """Refuse a day that is not open.

        Raises:
            PeriodClosing: it lies in a month that is being closed.
            DayNotOpen: naming the days that are.
        """
        if self.closing is not None and self.closing <= day < self.first:
            message = f"{day} lies in a month that is being closed."
            allowed = f"from {self.first} to {self.last}, or a reason for posting late"
            raise PeriodClosing(message, field=field, there=day.isoformat(), allowed=allowed)
        if not self.first <= day <= self.last:
            message = f"{day} is no open day."
            since = "" if self.first == EARLIEST else f"from {self.first} "
            allowed = f"{since}to {self.last}"
            raise DayNotOpen(message, field=field, there=day.isoformat(), allowed=allowed)

    def check_past(self, day: date, *, field: str) -> None:
        """Refuse a day that has not begun; one of a closed period is a true day all the same.

        Raises:
            DayNotOpen: naming the last one.
        """
        if not EARLIEST <= day <= self.last:
            message = f"{day} is no day on which business was done."
            allowed = f"{EARLIEST} to {self.last}"
            raise DayNotOpen(message, field=field, there=day.isoformat(), allowed=allowed)


def open_days(*, zone: tzinfo, at: datetime, late: bool = False) -> OpenDays:
    """Give the days that are open. Two queries.

    Args:
        zone: in which days are meant. at: now.
        late: also those of a month that is being closed, for who may post there.

    Source: I35; A38.
    """
    hard = _day_after(ledger.closed_through(books.connection()), zone)
    soft = hard if late else max(hard, _day_after(soft_closed_through(), zone))
    today = at.astimezone(zone).date()
    return OpenDays(soft, today, today + AHEAD, hard if soft > hard else None)


def _day_after(closed: datetime | None, zone: tzinfo) -> date:
    return EARLIEST if closed is None else closed.astimezone(zone).date() + timedelta(days=1)
