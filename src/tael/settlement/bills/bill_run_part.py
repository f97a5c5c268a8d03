"""A bill run in parts: a door that must answer soon does some of it, and whoever asks next goes on.

Source: B-20; peers-settlement-invest A8.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from tael.refusal import Because, Refusal
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.run_search import RunFacts, run_of
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from tael.settlement.bills.bill_run import Progress


class BillRunTooEarly(Refusal):
    """The day has not come: its periods have not ended, and records of theirs may still come."""

    code = "bill_run_too_early"
    because: ClassVar[Because] = "invalid"
    rule = "B-20"
    remedy = "Name today or a day before."


class _EnoughForNow(Exception):  # noqa: N818 - nothing went wrong
    """The part is over; what was billed is committed."""


def check_run_day(day: date, *, at: datetime) -> None:
    """Refuse a day that has not begun.

    Raises:
        BillRunTooEarly.

    Source: B-20.
    """
    today = at.astimezone(business_zone()).date()
    if day > today:
        raise BillRunTooEarly(
            f"Bills of {day} are made on that day.",
            field="day",
            there=day.isoformat(),
            allowed=f"up to {today}",
        )


def run_part(
    *,
    day: date,
    actor: str,
    at: datetime,
    enough: Callable[[], bool],
    told: Callable[[Progress], None] = lambda _progress: None,
) -> RunFacts:
    """Bill what is due on a day until it is done or enough; each step is kept as it is made.

    Called again it goes on, and tries once more what was parked. However many call it at once, they
    share the work.

    Args:
        enough: asked after each step; True ends this part.
        told: hears of the progress after each step.

    Raises:
        BillRunTooEarly: the day has not come.

    Postings: see ``bill_run.run_bills``.

    Source: B-20, B-26; A8.
    """
    check_run_day(day, at=at)

    def stepped(progress: Progress) -> None:
        told(progress)
        if enough():
            raise _EnoughForNow

    with suppress(_EnoughForNow):
        run_bills(day=day, actor=actor, at=at, told=stepped)
    return run_of(day)
