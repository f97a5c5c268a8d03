from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from builders import STAFF, an_instruction, in_parallel
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    amount_of,
    some_terms,
    the_bill,
)
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.bills.bill import issue_bill, replace_bill
from tael.settlement.bills.reserve import kept_back_now, release_due_reserves, reserves_of
from tael.settlement.models import Reserve

pytestmark = pytest.mark.usefixtures("db")
LATER = IN_NOVEMBER + timedelta(days=5)


def kept_of(amount="10.00", **terms):
    account = a_merchant_account()
    some_terms(account, **{"reserve_percent": "10", "reserve_days": 5, **terms})
    a_record(account, amount)
    return account, the_bill(account)


def test_what_was_kept_is_given_back_once_on_its_day():  # A22
    account, _ = kept_of()

    assert release_due_reserves(at=LATER - timedelta(days=1)) == 0
    assert amount_of(account) == "9.00"
    assert release_due_reserves(at=LATER) == 1
    assert release_due_reserves(at=LATER) == 0

    assert amount_of(account) == "10.00"
    assert kept_back_now(account) == (account.money(0), [])


def test_its_day_is_that_of_the_accounts_zone():
    account, bill = kept_of(zone="America/New_York")
    assert Reserve.objects.get(bill=bill.pk).release_on == date(2026, 11, 7)

    assert release_due_reserves(at=datetime(2026, 11, 7, 4, 59, tzinfo=UTC)) == 0
    assert release_due_reserves(at=datetime(2026, 11, 7, 5, 0, tzinfo=UTC)) == 1
    assert amount_of(account) == "10.00"


def test_the_calendar_adds_up_to_what_is_kept():
    account, first = kept_of()
    some_terms(account, reserve_percent="20", reserve_days=30)
    a_record(account, "30.00", day=date(2026, 11, 2))
    second = the_bill(account, day=date(2026, 12, 1))

    kept = kept_back_now(account)

    assert kept.amount.text == "7.00"
    assert [(day.amount.text, day.bills) for day in kept.days] == [("1.00", 1), ("6.00", 1)]
    assert [row.bill for row in reserves_of(account)] == [second.pk, first.pk]
    (newest,) = reserves_of(account, limit=1)
    assert [row.bill for row in reserves_of(account, before=newest.number)] == [first.pk]


def test_what_was_given_back_stays_so_when_its_bill_becomes_void():
    account, bill = kept_of()
    release_due_reserves(at=LATER)

    successor = replace_bill(number=bill.pk, reason="wrong", instruction=an_instruction(at=LATER))
    assert (amount_of(account), kept_back_now(account).amount.text) == ("0.00", "0.00")
    issue_bill(number=successor.pk, instruction=an_instruction(at=LATER))

    assert (amount_of(account), kept_back_now(account).amount.text) == ("9.00", "1.00")


@pytest.mark.rule("B-38", "A22")
def test_the_reserve_of_an_account_that_is_switched_off_is_given_back_all_the_same():
    blocked, _ = kept_of()
    disable_merchant_account(account=blocked, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    assert release_due_reserves(at=LATER) == 1

    assert (amount_of(blocked), kept_back_now(blocked).amount.text) == ("10.00", "0.00")


def test_two_releases_at_once_give_back_once():
    accounts = [kept_of()[0] for _ in range(5)]

    done = in_parallel(*[lambda: release_due_reserves(at=LATER, chunk=1)] * 3)

    assert sum(done) == 5
    assert [amount_of(account) for account in accounts] == ["10.00"] * 5
