from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF, an_instruction, in_parallel
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    a_reversal,
    amount_of,
    some_terms,
    the_bill,
)
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
)
from tael.settlement.bills.bill import issue_bill
from tael.settlement.bills.bill_making import lines_of
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.models import Accrual, Bill, BillRun, BillRunItem
from tael.settlement.records.accrual import confirm_accrual

pytestmark = pytest.mark.usefixtures("db")
NOVEMBER_1 = date(2026, 11, 1)


def run(day=NOVEMBER_1, **given):
    return run_bills(day=day, actor="system", at=IN_NOVEMBER, **given)


@pytest.mark.rule("B-20", "B-21", "B-23", "B-16", "X-B4", "B-26")
def test_a_bill_takes_what_is_confirmed_up_to_the_last_day_and_no_bill_has():
    account = a_merchant_account()
    a_record(account, "100.00")
    a_record(account, "50.00", confirmed=False)
    late = a_record(account, "5.00", day=date(2026, 11, 1))
    a_record(account, "-30.00", kind="advance")
    a_record(account, "7.00", day=date(2026, 8, 3))  # confirmed long ago, never billed

    bill = the_bill(account)

    assert (bill.total, bill.records, bill.state) == (7700, 3, "issued")
    assert amount_of(account) == "77.00"
    assert Accrual.objects.filter(bill=bill.pk).count() == 3
    late.refresh_from_db()
    assert late.bill is None


@pytest.mark.rule("B-18", "B-22", "X-B3")
def test_a_bill_shows_totals_by_kind_with_their_quantity():
    account = a_merchant_account()
    for minutes, amount in (("60", "18.00"), ("40", "12.00")):
        a_record(account, amount, kind="phone", unit="min", quantity=minutes)
    a_record(account, "10.00", kind="4g", unit="M", quantity="50")

    bill = the_bill(account)

    lines = [
        (line.kind, f"{line.quantity.normalize():f}", line.amount) for line in lines_of(bill.pk)
    ]
    assert lines == [("4g", "50", 1000), ("phone", "100", 3000)]
    assert (bill.total, amount_of(account)) == (4000, "40.00")


@pytest.mark.rule("B-21", "X-B2")
def test_what_is_revoked_after_its_bill_is_on_the_next_one():
    account = a_merchant_account()
    original = a_record(account, "100.00")
    first = the_bill(account)
    revoked = a_reversal(original, day=date(2026, 11, 2))

    second = the_bill(account, day=date(2026, 12, 1))

    revoked.refresh_from_db()
    assert (first.total, second.total, revoked.bill) == (10000, -10000, second.pk)
    assert amount_of(account) == "0.00"


@pytest.mark.rule("B-07", "B-26", "X-B9")
def test_a_bill_below_zero_is_entered_all_the_same():
    account = a_merchant_account()
    a_record(account, "10.00")
    the_bill(account)
    a_record(account, "-40.00", kind="advance", day=date(2026, 11, 2))

    the_bill(account, day=date(2026, 12, 1))

    assert amount_of(account) == "-30.00"


def test_a_period_without_records_has_no_bill_and_one_of_nothing_has():  # A-B15
    empty, even = a_merchant_account(), a_merchant_account()
    a_reversal(a_record(even, "9.00"))

    assert the_bill(empty) is None
    bill = the_bill(even)

    assert (bill.total, bill.records, bill.entry, bill.state) == (0, 2, None, "issued")
    assert amount_of(even) == "0.00"


def test_running_again_changes_nothing():
    account = a_merchant_account()
    a_record(account, "10.00")
    first = run()

    again = run()

    assert first == again
    assert Bill.objects.count() == 1
    assert BillRun.objects.get().state == "finished"


@pytest.mark.rule("B-27")
def test_missed_periods_are_caught_up_each_with_a_bill_of_its_own():
    account = a_merchant_account()
    some_terms(account, cycle="day")
    for day in (1, 2, 2, 3):
        a_record(account, "1.00", day=date(2026, 10, day))

    run(date(2026, 10, 2))
    run(date(2026, 10, 4))

    bills = Bill.objects.order_by("last_day").values_list("last_day", "total")
    assert list(bills) == [
        (date(2026, 10, day), total) for day, total in ((1, 100), (2, 200), (3, 100))
    ]


def test_a_record_confirmed_late_is_on_the_next_bill():  # A-B10
    account = a_merchant_account()
    row = a_record(account, "3.00", confirmed=False)
    run()
    confirm_accrual(
        source=row.source_id, kind=row.kind_id, number=row.number, actor=STAFF, at=IN_NOVEMBER
    )

    assert the_bill(account, day=date(2026, 12, 1)).total == 300


def test_an_account_that_cannot_be_billed_is_parked_and_the_others_are_billed():
    blocked, free = a_merchant_account(), a_merchant_account()
    for account in (blocked, free):
        a_record(account, "1.00")
    disable_merchant_account(account=blocked, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    progress = run()

    assert (progress.done, progress.parked, amount_of(free)) == (1, 1, "1.00")
    item = BillRunItem.objects.get(state="parked")
    assert (item.account_id, item.attempts) == (blocked.number, 1)
    assert "blocked" in item.reason
    assert Accrual.objects.get(account=blocked.number).bill is None

    enable_merchant_account(account=blocked, actor=STAFF, at=IN_NOVEMBER, reason="cleared")
    assert run().done == 2
    assert amount_of(blocked) == "1.00"


def test_two_runs_at_once_share_the_work():
    accounts = [a_merchant_account() for _ in range(6)]
    for account in accounts:
        a_record(account, "1.00")

    in_parallel(*[lambda: run(chunk=1)] * 4)

    assert [amount_of(account) for account in accounts] == ["1.00"] * 6
    assert Bill.objects.count() == 6


def test_a_bill_that_is_reviewed_moves_nothing_until_it_is_issued():
    account = a_merchant_account()
    some_terms(account, review=True)
    a_record(account, "10.00")

    bill = the_bill(account)
    assert (bill.state, amount_of(account)) == ("draft", "0.00")

    issue_bill(number=bill.pk, instruction=an_instruction(at=IN_NOVEMBER))
    assert amount_of(account) == "10.00"


def test_a_part_of_a_bill_is_kept_back():  # A22
    account = a_merchant_account()
    some_terms(account, reserve_percent="12.5", reserve_days=30)
    a_record(account, "10.03")

    the_bill(account)

    assert amount_of(account) == "8.78"  # 12.5 % of 10.03, rounded down, is 1.25


def test_reversals_have_lines_of_their_own_where_that_is_agreed():  # A5
    account = a_merchant_account()
    some_terms(account, reversal_style="blue")
    a_reversal(a_record(account, "10.00"), "4.00")

    lines = lines_of(the_bill(account).pk)

    assert [(line.style, line.amount) for line in lines] == [("net", 1000), ("reversal", -400)]
