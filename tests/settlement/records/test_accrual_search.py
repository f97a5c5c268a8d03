from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF
from settlement_builders import a_merchant_account, a_record, a_reversal, the_bill
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records.accrual import UnknownAccrual
from tael.settlement.records.accrual_search import (
    AccrualsWanted,
    accrual_totals,
    accrual_view,
    accruals,
    cut_off,
    reversals_of,
)

pytestmark = pytest.mark.usefixtures("db")


def found(**wanted):
    return [view.row.number for view in accruals(AccrualsWanted(**wanted))]


@pytest.mark.rule("B-16")
def test_records_are_found_by_what_they_are():
    account = a_merchant_account()
    a_record(account, "10.00", number="A", kind="service")
    pending = a_record(account, "5.00", number="B", kind="trade", confirmed=False)
    original = a_record(a_merchant_account("USD"), "7.00", number="C", day=date(2026, 11, 1))
    bill = the_bill(account)
    a_reversal(original, "1.00", number="D")

    assert found() == ["D", "C", "B", "A"]
    assert found(account=account.number) == ["B", "A"]
    assert found(owner=account.owner, kind="trade") == ["B"]
    assert found(currency="USD", type="normal") == ["C"]
    assert found(number="C") == ["D", "C"]  # with what reverses it
    assert found(state=AccrualState(pending.state)) == ["B"]
    assert found(settled=True) == found(bill=bill.pk) == ["A"]
    assert found(settled=False, since=date(2026, 11, 1)) == ["C"]
    assert found(until=date(2026, 10, 31)) == ["D", "B", "A"]
    assert found(source="nowhere") == found(origin="check") == found(number="\0") == []


def test_totals_are_of_all_that_is_found_and_leave_out_what_failed():
    account = a_merchant_account()
    a_record(account, "10.00")
    a_record(account, "-3.00")
    failed = a_record(account, "100.00", confirmed=False)
    type(failed).objects.filter(pk=failed.pk).update(state="failed", decided_by=STAFF)
    a_record(a_merchant_account("USD"), "7.00")

    totals = [(one.records, str(one.net)) for one in accrual_totals(AccrualsWanted())]

    assert totals == [(2, "7.00 CNY"), (1, "7.00 USD")]
    newest = accrual_totals(AccrualsWanted(), most=2)
    assert [str(one.net) for one in newest] == ["-3.00 CNY", "7.00 USD"]
    assert (cut_off(newest, 2), cut_off(newest, 3)) == (True, False)
    assert accrual_totals(AccrualsWanted(), most=3) == accrual_totals(AccrualsWanted())


def test_pages_neither_lose_nor_double_a_record():
    account = a_merchant_account()
    for number in "ABCDE":
        a_record(account, "1.00", number=number)
    wanted, seen, before = AccrualsWanted(), [], None

    while page := accruals(wanted, limit=2, before=before):
        seen += [view.row.number for view in page]
        before = page[-1].row.pk

    assert seen == ["E", "D", "C", "B", "A"]


def test_one_record_shows_what_is_left_of_it():
    original = a_record(a_merchant_account(), "10.00", unit="min", kind="phone", quantity="12.5")
    first = a_reversal(original, "4.00")

    view = accrual_view(original.pk)

    assert (str(view.left), view.quantity, view.unit) == ("6.00 CNY", "12.5", "min")
    assert view.reversible
    assert [each.row.pk for each in reversals_of(original.pk)] == [first.pk]
    assert not accrual_view(first.pk).reversible


def test_a_record_of_another_merchant_is_as_none():
    account = a_merchant_account()
    row = a_record(account, "10.00")

    assert accrual_view(row.pk, owner=account.owner).row.pk == row.pk
    for owner, number in ((account.owner + 1, row.pk), (account.owner, row.pk + 1), (None, 2**70)):
        with pytest.raises(UnknownAccrual):
            accrual_view(number, owner=owner)
