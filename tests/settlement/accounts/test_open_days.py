from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_merchant_account, told
from tael import books, ledger
from tael.parties.models import AuditRecord
from tael.settlement.accounts.open_days import EARLIEST, DayNotOpen, open_days
from tael.settlement.records.accrual import record_accrual
from tael.wallet.period import Month
from tael.wallet.soft_close import PeriodClosing, soft_close_month

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


def test_a_day_of_a_month_that_is_being_closed_is_open_to_who_may_post_late():
    soft_close_month(month=Month(2026, 10), actor=STAFF, at=NOW)
    day = date(2026, 10, 31)

    ordinary, late = (open_days(zone=UTC, at=NOW, late=late) for late in (False, True))

    assert (ordinary.first, late.first) == (date(2026, 11, 1), EARLIEST)
    late.check(day)
    with pytest.raises(PeriodClosing) as refused:
        ordinary.check(day)
    assert refused.value.allowed == "from 2026-11-01 to 2026-11-03, or a reason for posting late"


def test_a_record_told_late_lands_in_the_open_month_with_its_true_day_or_has_a_reason():
    account = a_merchant_account()
    soft_close_month(month=Month(2026, 10), actor=STAFF, at=IN_NOVEMBER)

    def record(number, **given):
        what = told("1.00", number=number, **{"day": None, **given.pop("days")})
        return record_accrual(account=account, told=what, actor=STAFF, at=IN_NOVEMBER, **given)

    true = date(
        2026, 10, 14
    )  # the books are closed at midnight UTC, when it is November in Shanghai
    landed = record("A", days={"occurred_on": true}).accrual
    assert (landed.day, landed.occurred_on) == (date(2026, 11, 2), true)
    with pytest.raises(PeriodClosing):
        record("B", days={"day": true})
    assert record("B", days={"day": true}, late_reason="found").accrual.day == true
    assert record("C", days={"occurred_on": true}, late_reason="found").accrual.day == true
    record("D", days={"day": date(2026, 11, 2)}, late_reason="not needed")
    late = AuditRecord.objects.filter(action="period.late").order_by("id")
    assert [one.subject.rsplit(":", 1)[1] for one in late] == ["B", "C"]


@pytest.mark.parametrize("day", [date(2026, 11, 5), date(1969, 12, 31), date(1, 1, 1)])
def test_business_is_done_neither_later_nor_before_there_were_platforms(day):
    days = open_days(zone=SHANGHAI, at=NOW)

    for check in (days.check, days.check_past):
        with pytest.raises(DayNotOpen):
            check(day, field="occurred_on")
