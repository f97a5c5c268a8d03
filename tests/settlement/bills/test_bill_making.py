"""Bills at their edges: zones, calendars, changed cycles, large sums, what an earlier run left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from builders import STAFF, an_instruction
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    a_reversal,
    amount_of,
    some_terms,
    the_bill,
)
from tael import ledger
from tael.settlement.accounts.calendar import set_calendar_day
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
)
from tael.settlement.bills.bill import issue_bill, refresh_bill, replace_bill
from tael.settlement.bills.bill_grace import issue_after_grace
from tael.settlement.bills.bill_making import AMOUNT_MAX, BillTooLarge, lines_of
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.models import Accrual, Bill, BillRun, BillRunItem

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

pytestmark = pytest.mark.usefixtures("db")
NOVEMBER_1 = date(2026, 11, 1)


def run(day, at=None, **given):
    return run_bills(day=day, actor="system", at=at or IN_NOVEMBER, **given)


def told():
    return an_instruction(at=IN_NOVEMBER)


def periods(account):
    rows = BillRunItem.objects.filter(account=account.number).order_by("last_day")
    return [(first.day, last.day) for first, last in rows.values_list("first_day", "last_day")]


def switched_off(account):
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")


@pytest.mark.rule("B-20", "B-27")
def test_a_month_that_becomes_days_goes_on_where_it_was_billed():
    account = a_merchant_account()
    run(NOVEMBER_1)
    some_terms(account, cycle="day")

    run(date(2026, 11, 4))

    assert periods(account) == [(1, 31), (1, 1), (2, 2), (3, 3)]


@pytest.mark.rule("B-27")
def test_days_that_become_a_month_leave_it_what_is_left_of_it():
    account = a_merchant_account()
    some_terms(account, cycle="day")
    run(date(2026, 10, 28))  # the account's first: that of the day before
    some_terms(account, cycle="month")

    run(NOVEMBER_1)

    assert periods(account) == [(27, 27), (28, 31)]


@pytest.mark.rule("B-20")
def test_a_period_is_billed_when_its_last_day_is_over_where_the_account_is():
    account = a_merchant_account()
    some_terms(account, zone="America/New_York")
    a_record(account, "3.00")
    midnight = datetime(2026, 11, 1, 0, 1, tzinfo=UTC)  # of the house; evening in New York

    assert run(NOVEMBER_1, at=midnight).periods == 1
    assert periods(account) == [(1, 30)]  # September; October has not ended there
    assert run(NOVEMBER_1, at=midnight + timedelta(hours=5)).bills == 1


def test_an_account_whose_calendar_has_no_business_day_stops_no_other():
    stuck, free = a_merchant_account(), a_merchant_account()
    for place in range(1000):
        set_calendar_day(
            calendar="never",
            day=date(2025, 1, 1) + timedelta(days=place),
            business=False,
            actor=STAFF,
            at=IN_NOVEMBER,
        )
    some_terms(stuck, business_days=True, calendar="never")
    a_record(free, "1.00")

    run(NOVEMBER_1)

    assert amount_of(free) == "1.00"


@pytest.mark.rule("B-26")
def test_what_an_earlier_run_has_left_is_done_by_the_next():
    account = a_merchant_account()
    some_terms(account, cycle="day")
    a_record(account, "1.00", day=date(2026, 10, 30))
    a_record(account, "2.00", day=date(2026, 10, 31))
    switched_off(account)
    run(date(2026, 10, 31))
    run(NOVEMBER_1)
    assert amount_of(account) == "0.00"
    assert BillRunItem.objects.get(state="parked").last_day == date(2026, 10, 30)
    enable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="cleared")

    run(NOVEMBER_1)

    totals = Bill.objects.order_by("last_day").values_list("last_day", "total")
    assert list(totals) == [(date(2026, 10, 30), 100), (date(2026, 10, 31), 200)]
    assert set(BillRun.objects.values_list("state", flat=True)) == {"finished"}


def test_more_periods_than_are_opened_at_once_are_all_billed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tael.settlement.bills.bill_run.ROWS_MAX", 3)
    account = a_merchant_account()
    some_terms(account, cycle="day")
    run(date(2026, 10, 2))
    for day in (2, 9):
        a_record(account, "1.00", day=date(2026, 10, day))

    progress = run(date(2026, 10, 12))

    assert (progress.periods, progress.done, progress.bills) == (10, 10, 2)


@pytest.mark.rule("B-21")
def test_sums_that_no_number_holds_are_parked_and_stop_no_other():
    huge, large, small = (a_merchant_account() for _ in range(3))
    most = Accrual.objects.get(pk=a_record(huge, "1.00").pk)
    for number, account in enumerate((huge, huge, large), 1):
        Accrual.objects.create(
            account_id=account.number,
            source_id=most.source_id,
            kind_id=most.kind_id,
            number=f"most{number}",
            state="confirmed",
            amount=AMOUNT_MAX - 1,  # the ledger's own bound is a little lower
            day=most.day,
            occurred_on=most.day,
            recorded_at=IN_NOVEMBER,
            recorded_by=STAFF,
        )
    a_record(small, "1.00")

    progress = run(NOVEMBER_1)

    assert (progress.done, progress.parked, amount_of(small)) == (1, 2, "1.00")
    reasons = BillRunItem.objects.filter(state="parked").order_by("account")
    assert [item.reason.partition(":")[0] for item in reasons] == [
        "bill_too_large",
        "balance_too_large",
    ]
    assert Accrual.objects.filter(bill__isnull=False).count() == 1


def test_a_draft_that_would_grow_too_large_stays_as_it_was():
    account = a_merchant_account()
    some_terms(account, review=True)
    first = a_record(account, "1.00")
    bill = the_bill(account)
    Accrual.objects.create(
        account_id=account.number,
        source_id=first.source_id,
        kind_id=first.kind_id,
        number="most",
        state="confirmed",
        amount=AMOUNT_MAX,
        day=first.day,
        occurred_on=first.day,
        recorded_at=IN_NOVEMBER,
        recorded_by=STAFF,
    )

    with pytest.raises(BillTooLarge):
        refresh_bill(number=bill.pk, instruction=told())

    assert Accrual.objects.get(number="most").bill is None
    assert Bill.objects.get(pk=bill.pk).total == 100


def test_a_successor_is_made_by_the_terms_that_are_in_force_now():
    account = a_merchant_account()
    some_terms(account, reserve_percent="10", reserve_days=5)
    a_reversal(a_record(account, "10.00"), "4.00")
    bill = the_bill(account)
    some_terms(account, reversal_style="blue")

    successor = replace_bill(number=bill.pk, reason="terms were wrong", instruction=told())
    issue_bill(number=successor.pk, instruction=told())

    assert [(line.style, line.amount) for line in lines_of(successor.pk)] == [
        ("net", 1000),
        ("reversal", -400),
    ]
    assert [(line.style, line.amount) for line in lines_of(bill.pk)] == [("net", 600)]
    assert amount_of(account) == "6.00"


def test_a_successor_takes_what_has_come_since():
    account = a_merchant_account()
    a_record(account, "10.00")
    bill = the_bill(account)
    a_record(account, "5.00")

    successor = replace_bill(number=bill.pk, reason="one was missing", instruction=told())

    assert (successor.total, successor.records) == (1500, 2)
    assert set(Accrual.objects.values_list("bill", flat=True)) == {successor.pk}


def test_one_bill_that_cannot_be_issued_keeps_no_other_from_it():
    accounts = [a_merchant_account() for _ in range(3)]
    for account in accounts:
        some_terms(account, review=True, grace_hours=1)
        a_record(account, "1.00")
    run(NOVEMBER_1)
    switched_off(accounts[1])

    assert issue_after_grace(at=IN_NOVEMBER + timedelta(hours=2)) == 2
    assert [amount_of(account) for account in accounts] == ["1.00", "0.00", "1.00"]

    enable_merchant_account(account=accounts[1], actor=STAFF, at=IN_NOVEMBER, reason="cleared")
    assert issue_after_grace(at=IN_NOVEMBER + timedelta(hours=2)) == 1
    assert issue_after_grace(at=IN_NOVEMBER + timedelta(hours=2)) == 0


@pytest.mark.rule("B-19")
def test_a_bill_keeps_what_the_account_held_when_it_was_entered():
    account = a_merchant_account()
    a_record(account, "10.00")
    first = the_bill(account)
    for amount in ("4.00", "-4.00"):
        a_record(account, amount, day=date(2026, 11, 2))

    second = the_bill(account, day=date(2026, 12, 1))
    replace_bill(number=first.pk, reason="wrong", instruction=told())

    kept = dict(Bill.objects.values_list("pk", "balance_then"))
    assert (kept[first.pk], kept[second.pk]) == (1000, 1000)  # the second is of 0
    assert amount_of(account) == "0.00"


@pytest.mark.rule("A38")
def test_in_closed_books_a_run_parks_and_goes_on_later(db: Databases):
    account = a_merchant_account()
    a_record(account, "1.00")
    with db.owner() as owner:
        ledger.close_period(owner, through=IN_NOVEMBER, actor=STAFF)

    assert run(NOVEMBER_1).parked == 1
    assert run(NOVEMBER_1, at=IN_NOVEMBER + timedelta(hours=1)).done == 1

    assert amount_of(account) == "1.00"
