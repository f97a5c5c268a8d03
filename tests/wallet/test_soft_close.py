"""A month that is being closed takes only what has a reason; it is opened again, or closed for good."""

from __future__ import annotations

import pytest

from builders import STAFF
from tael import books, ledger
from tael.parties.models import AuditRecord
from tael.wallet.period import Month, MonthNotOver, close_month
from tael.wallet.period_list import period
from tael.wallet.soft_close import (
    MonthNotClosing,
    PeriodClosing,
    check_open,
    reopen_month,
    soft_close_month,
    soft_closed_through,
)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A38")]

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
LATER = APRIL.ends


def soft(month: Month) -> None:
    soft_close_month(month=month, actor=STAFF, at=LATER)


def state(month: Month) -> str:
    return period(month, at=LATER).state


def test_a_month_and_all_before_it_are_being_closed_until_they_are_opened_again() -> None:
    for _ in range(2):
        soft(APRIL)
    assert [state(month) for month in (MARCH, APRIL, Month(2026, 5))] == [
        "closing",
        "closing",
        "running",
    ]

    reopen_month(month=MARCH, reason="a bill of March is late", actor=STAFF, at=LATER)

    assert soft_closed_through() is None
    with pytest.raises(MonthNotClosing):
        reopen_month(month=MARCH, reason="again", actor=STAFF, at=LATER)
    told = list(AuditRecord.objects.order_by("id").values_list("action", flat=True))
    assert told == ["period.soft_close", "period.reopen"]


def test_what_takes_effect_there_needs_a_reason_which_is_kept() -> None:
    soft(MARCH)
    last, after = MARCH.last_moment, MARCH.ends

    check_open(after, actor=STAFF, at=LATER)
    with pytest.raises(PeriodClosing, match="being closed"):
        check_open(last, actor=STAFF, at=LATER)
    check_open(last, actor=STAFF, at=LATER, reason="found in the post")

    late = AuditRecord.objects.get(action="period.late")
    assert late.details["reason"] == "found in the post"


def test_the_closing_proper_stands_above_it() -> None:
    with pytest.raises(MonthNotOver):
        soft(Month(2026, 5))
    soft(MARCH)
    close_month(month=MARCH, actor=STAFF, at=LATER)

    assert state(MARCH) == "closed"
    with pytest.raises(MonthNotClosing):
        reopen_month(month=MARCH, reason="too late", actor=STAFF, at=LATER)
    with pytest.raises(ledger.PeriodNotAhead):
        soft(MARCH)
    assert ledger.closed_through(books.connection()) == MARCH.last_moment
