from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.run_search import UnknownBillRun, bill_runs, run_facts, run_items, run_of

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-20", "B-26")]
DAYS = (date(2026, 11, 1), date(2026, 11, 2))


def test_a_run_says_how_far_it_is_and_what_it_parked():
    account, off = a_merchant_account(), a_merchant_account()
    for one in (account, off):
        a_record(one, "5.00")
    disable_merchant_account(account=off, reason="asked", actor=STAFF, at=IN_NOVEMBER)
    for day in DAYS:
        run_bills(day=day, actor="system", at=IN_NOVEMBER)

    newest, first = bill_runs()

    assert (first.periods, first.done, first.parked, first.waiting) == (2, 1, 1, 0)
    assert (first.bills, first.percent) == (1, 50)
    assert (newest.periods, newest.percent) == (0, 100)
    assert [one.run.pk for one in bill_runs(before=newest.run.pk)] == [first.run.pk]
    facts = run_of(DAYS[0])
    assert run_facts(first.run.pk) == facts
    assert (facts.waiting, facts.percent) == (0, 50)
    (parked,) = run_items(first.run.pk, state="parked")
    assert parked.account.number == off.number
    assert [one.item.pk for one in run_items(first.run.pk, after=parked.item.pk)] == []
    assert len(run_items(first.run.pk)) == 2


@pytest.mark.parametrize(
    "ask", [lambda: run_facts(0), lambda: run_facts(9), lambda: run_of(DAYS[0])]
)
def test_a_run_that_nobody_started_is_not_there(ask):
    with pytest.raises(UnknownBillRun):
        ask()
