from __future__ import annotations

from datetime import date

import pytest

from settlement_bill_builders import a_billed_month
from settlement_builders import (
    a_merchant_account,
    a_record,
    a_reversal,
    some_terms,
    the_bill,
)
from tael.settlement.bills.bill import UnknownBill
from tael.settlement.bills.bill_search import (
    BillsWanted,
    LineSeen,
    bill_facts,
    bill_totals,
    bills,
    issued_among,
    records_behind,
)
from tael.settlement.models import BillRun

LAST = date(2026, 10, 31)


def found(**wanted):
    return [one.bill.pk for one in bills(BillsWanted(**wanted))]


@pytest.mark.rule("E-13")
def test_bills_are_found_by_what_they_are_and_added_up(db):
    account, other = a_merchant_account(), a_merchant_account()
    some_terms(other, review=True)
    a_record(account, "40.00")
    a_record(other, "-7.00")
    paid, draft = the_bill(account), the_bill(other)
    run = BillRun.objects.get()

    assert found() == [draft.pk, paid.pk]
    assert found(account=account.number) == found(owner=account.owner) == [paid.pk]
    assert found(state="draft") == [draft.pk]
    assert found(issued=True) == [paid.pk]
    assert found(run=run.pk) == [draft.pk, paid.pk]
    assert found(run=run.pk + 1) == found(currency="USD") == []
    assert found(since=LAST, until=LAST) == [draft.pk, paid.pk]
    assert found(since=date(2026, 11, 1)) == []
    assert found(currency="CNY", most=-700) == [draft.pk]
    assert found(currency="CNY", least=4000) == [paid.pk]
    assert [one.bill.pk for one in bills(BillsWanted(), before=draft.pk)] == [paid.pk]
    (total,) = bill_totals(BillsWanted())
    assert (total.bills, total.void, total.records, total.total.text) == (2, 0, 2, "33.00")


@pytest.mark.rule("E-13")
def test_a_merchant_has_his_own_bills_once_they_are_issued(db):
    account, other = a_merchant_account(), a_merchant_account()
    some_terms(other, review=True)
    a_record(other, "7.00")
    issued, draft = a_billed_month(account, "40.00"), the_bill(other)

    assert bill_facts(issued.pk, owner=account.owner).total.text == "40.00"
    assert bill_facts(draft.pk).balance_then is None
    for number, owner in ((issued.pk, other.owner), (draft.pk, other.owner), (0, None)):
        with pytest.raises(UnknownBill):
            bill_facts(number, owner=owner)
    numbers = [issued.pk, draft.pk, None]
    assert issued_among(numbers, owner=account.owner) == {issued.pk}
    assert issued_among(numbers, owner=other.owner) == issued_among([None], owner=1) == set()


@pytest.mark.rule("B-18", "B-23")
@pytest.mark.parametrize("style", ["blue", "red"])
def test_the_records_behind_a_line_are_those_that_it_adds_up(db, style):
    account = a_merchant_account()
    some_terms(account, reversal_style=style)
    original = a_record(account, "9.00")
    a_reversal(original, "2.00")
    facts = bill_facts(the_bill(account).pk)

    behind = {
        (line.style, records_behind(facts, kind=line.kind, style=line.style).type)
        for line in facts.lines
    }

    blue = {("net", "normal"), ("reversal", "reversal")}
    assert behind == (blue if style == "blue" else {("net", "")})
    assert records_behind(facts).bill == facts.bill.pk
    assert facts.digest == bill_facts(facts.bill.pk).digest


def test_a_line_is_named_in_english_where_no_other_name_is_known():
    line = LineSeen("x", "net", {"en": "Service"}, "", None, *[None] * 3, 1)

    assert (line.name("zh-hans"), line.counted, line.reversals) == ("Service", "", False)
