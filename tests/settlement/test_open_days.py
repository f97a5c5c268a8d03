from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from builders import STAFF
from tael import books, ledger
from tael.settlement.open_days import DayNotOpen, open_days

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A38")]
NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_days_are_open_up_to_tomorrow_in_the_zone():
    days = open_days(zone=SHANGHAI, at=NOW)

    assert (days.today, days.last) == (date(2026, 11, 3), date(2026, 11, 4))
    days.check(days.last)
    with pytest.raises(DayNotOpen) as refused:
        days.check(date(2026, 11, 5), field="day")
    assert (refused.value.field, refused.value.allowed) == ("day", "to 2026-11-04")


def test_a_day_of_a_closed_period_is_true_but_not_open():
    with transaction.atomic():
        through = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # the first of November in Shanghai
        ledger.close_period(books.connection(), through=through, actor=STAFF)
    days = open_days(zone=SHANGHAI, at=NOW)

    assert days.first == date(2026, 11, 2)
    with pytest.raises(DayNotOpen) as refused:
        days.check(date(2026, 11, 1))
    assert refused.value.allowed == "from 2026-11-02 to 2026-11-04"
    days.check_past(date(2026, 11, 1), field="occurred_on")


@pytest.mark.parametrize("day", [date(2026, 11, 5), date(1969, 12, 31), date(1, 1, 1)])
def test_business_is_done_neither_later_nor_before_there_were_platforms(day):
    days = open_days(zone=SHANGHAI, at=NOW)

    for check in (days.check, days.check_past):
        with pytest.raises(DayNotOpen):
            check(day, field="occurred_on")
