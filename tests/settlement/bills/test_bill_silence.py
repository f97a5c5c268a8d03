from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record
from tael.jobs import timetable
from tael.parties.models import AuditRecord
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.bills.bill_run import bill_today, run_bills
from tael.settlement.bills.bill_silence import PATIENCE, tell_of_silence
from tael.settlement.models import Bill, BillRun, BillRunItem

pytestmark = pytest.mark.usefixtures("db")
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)  # the house's zone in tests is UTC
MORNING = MIDNIGHT + PATIENCE


def alarms():
    rows = AuditRecord.objects.filter(action__startswith="bill_run.").order_by("pk")
    return list(rows.values_list("subject", "action"))


@pytest.mark.rule("B-20")
def test_a_day_without_a_run_is_told_of_once():
    a_merchant_account()

    assert tell_of_silence(at=MORNING - timedelta(days=1)) == 1
    assert tell_of_silence(at=MORNING) == 1
    assert tell_of_silence(at=MORNING) == 0

    assert alarms() == [
        ("bill_run:2026-11-30", "bill_run.silent"),
        ("bill_run:2026-12-01", "bill_run.silent"),
    ]


def test_where_there_is_nothing_to_bill_nobody_is_alarmed():
    assert tell_of_silence(at=MORNING) == 0
    assert bill_today(at=MORNING) == 0
    assert not BillRun.objects.exists()


def test_a_run_that_is_done_is_not_told_of_and_one_that_left_a_period_is():
    account = a_merchant_account()
    a_record(account, "1.00")
    other = a_merchant_account()
    a_record(other, "1.00")

    assert timetable.make_bills(MIDNIGHT) == 2
    assert timetable.make_bills(MIDNIGHT) == 0
    assert BillRun.objects.get().state == "finished"
    assert tell_of_silence(at=MORNING) == 0

    a_record(other, "-1.00", day=IN_NOVEMBER.date())
    disable_merchant_account(account=other, actor=STAFF, at=IN_NOVEMBER, reason="fraud")
    january = MIDNIGHT + timedelta(days=31)
    assert timetable.make_bills(january) == 0
    assert tell_of_silence(at=january + PATIENCE) == 1
    assert alarms() == [("bill_run:2027-01-01", "bill_run.left")]
    assert Bill.objects.count() == 2


@pytest.mark.rule("B-20")
def test_a_worker_that_was_down_over_midnight_makes_the_bills_and_is_no_alarm():
    account = a_merchant_account()
    a_record(account, "3.00")

    assert timetable.tell_of_silent_bill_runs(MORNING) == 0

    assert BillRun.objects.filter(day=MIDNIGHT.date()).exists()
    assert alarms() == []


@pytest.mark.rule("B-20")
def test_an_account_of_today_is_left_to_tomorrow_so_that_its_last_month_can_still_be_told():
    account = a_merchant_account()  # opened in November
    assert bill_today(at=IN_NOVEMBER) == 0
    assert not BillRunItem.objects.exists()
    a_record(account, "3.00")  # of October

    assert bill_today(at=IN_NOVEMBER) == 0
    assert bill_today(at=IN_NOVEMBER + timedelta(days=1)) == 1
    assert Bill.objects.get().last_day == date(2026, 10, 31)


@pytest.mark.rule("B-20")
def test_asked_for_by_hand_an_account_of_today_is_billed_at_once():
    account = a_merchant_account()
    assert bill_today(at=IN_NOVEMBER) == 0
    a_record(account, "3.00")

    assert run_bills(day=IN_NOVEMBER.date(), actor=STAFF, at=IN_NOVEMBER).bills == 1
