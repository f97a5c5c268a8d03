from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from builders import queries
from settlement_bill_builders import a_billed_month, a_line, an_account_since
from settlement_builders import a_record, some_terms
from settlement_payout_builders import an_application
from tael.settlement.accounts.account_days import details_of_days
from tael.settlement.accounts.account_details import (
    DetailsWanted,
    account_details,
    detail_totals,
    documents_of,
)

pytestmark = pytest.mark.usefixtures("db")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)  # in Shanghai
MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


ALL = DetailsWanted()


def numbers(account, wanted=ALL, **given):
    return [one.number for one in account_details(account, wanted, **given)]


@pytest.mark.rule("B-02", "B-03", "B-06", "E-11")
def test_each_line_says_what_made_it_and_the_balance_after(db):
    account = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    bill = a_billed_month(account, "40.00", "-15.00")
    withdrawal = an_application(account, "5.00")
    a_line(account, "1.50", at=NOON)

    adjusted, drawn, billed = account_details(account)

    assert [one.word for one in (billed, drawn, adjusted)] == ["bill", "withdrawal", "adjustment"]
    assert (billed.document, drawn.document) == (bill.pk, withdrawal.pk)
    assert [one.amount.text for one in (billed, drawn, adjusted)] == ["25.00", "-5.00", "1.50"]
    assert [one.after.text for one in (billed, drawn, adjusted)] == ["25.00", "20.00", "21.50"]
    totals = detail_totals(account)
    assert (totals.lines, totals.came.text, totals.went.text) == (3, "26.50", "-5.00")
    assert documents_of([]) == {}


@pytest.mark.rule("E-11")
def test_a_filter_takes_lines_and_totals_alike():
    account = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    a_billed_month(account, "40.00")
    for amount in ("1.00", "-2.00", "3.00"):
        a_line(account, amount, at=NOON)
    wanted = DetailsWanted(word="adjustment")

    assert numbers(account, wanted) == [4, 3, 2]
    assert numbers(account, wanted, limit=1, before=4) == [3]
    assert numbers(account, DetailsWanted(word="other")) == []
    assert numbers(account, limit=2) == [4, 3]
    totals = detail_totals(account, wanted)
    assert (totals.lines, totals.came.text, totals.went.text) == (3, "4.00", "-2.00")


@pytest.mark.rule("E-11")
def test_days_are_those_of_the_accounts_zone():
    account = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    some_terms(account, zone="Asia/Shanghai")
    a_line(account, "1.00", at=BEFORE_MIDNIGHT)
    a_line(account, "2.00", at=MIDNIGHT)
    day = date(2026, 11, 20)

    assert numbers(account, details_of_days(account.number, last=day)) == [1]
    assert numbers(account, details_of_days(account.number, first=date(2026, 11, 21))) == [2]
    assert numbers(account, details_of_days(account.number, first=day, last=day)) == [1]


def test_a_page_asks_no_more_because_there_are_more_lines():
    account = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    a_record(account, "1.00")
    a_line(account, "1.00", at=NOON)
    with queries() as few:
        account_details(account)
    for _ in range(4):
        a_line(account, "1.00", at=NOON)
    with queries() as many:
        account_details(account)

    assert len(few) == len(many)
