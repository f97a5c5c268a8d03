from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from builders import a_payee, in_parallel
from settlement_builders import IN_NOVEMBER, amount_of, some_terms
from settlement_payout_builders import an_account_with, now
from tael.parties.payee import close_payee
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.withdrawal import cancel_merchant_withdrawal

pytestmark = pytest.mark.usefixtures("db")

SECOND_OF_DECEMBER = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
FIRST_OF_JANUARY = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)


def a_rule(account, **given):
    rule = AccountRule(**{"payee": a_payee(account.owner), **given})
    set_payout_rule(account=account, rule=rule, instruction=now())
    return rule


@pytest.mark.rule("B-33", "B-36")
def test_all_of_it_is_paid_out_once_a_month():  # A-B5, A-B17
    account = an_account_with("80.00")
    a_rule(account)

    runs = [run_automatic(at=SECOND_OF_DECEMBER) for _ in range(3)]

    row = MerchantWithdrawal.objects.get()
    assert [(len(run.applied), len(run.used)) for run in runs] == [(1, 0), (0, 1), (0, 1)]
    assert (row.way, row.amount, row.occasion) == ("automatic", 8000, date(2026, 12, 1))
    assert (row.trade_state, amount_of(account)) == ("applying", "0.00")


@pytest.mark.rule("B-34", "B-36")
@pytest.mark.parametrize(("held", "paid"), [("50.00", 0), ("50.01", 5001)])
def test_the_balance_is_above_the_automatic_minimum(held, paid):
    account = an_account_with(held)
    some_terms(account, minimum_automatic=5000, minimum_manual=100)
    a_rule(account)

    run = run_automatic(at=SECOND_OF_DECEMBER)

    assert sum(one.judged.amount.minor for one in run.applied) == paid
    assert [one.refusals[0].allowed for one in run.parked] == (
        [] if paid else ["more than 50.00 CNY"]
    )


@pytest.mark.rule("B-36")
def test_what_stays_and_the_cap_bound_what_is_paid():  # A17
    kept, capped, quiet = (an_account_with("80.00") for _ in range(3))
    a_rule(kept, keep_back=3000)
    a_rule(capped, keep_back=1000, cap=2000)
    a_rule(quiet, trigger=8000)

    run = run_automatic(at=SECOND_OF_DECEMBER)

    assert [amount_of(one) for one in (kept, capped, quiet)] == ["30.00", "60.00", "80.00"]
    (parked,) = run.parked
    assert (parked.account, parked.refusals[-1].field) == (quiet, "trigger")
    assert (run.looked, run.counts) == (3, True)


def test_a_dry_run_says_what_would_happen_and_writes_nothing():
    account, poor = an_account_with("80.00"), an_account_with("1.00")
    a_rule(account, cap=7000)
    some_terms(account, fee="1%")
    a_rule(poor, keep_back=200)

    run = run_automatic(at=SECOND_OF_DECEMBER, dry_run=True)

    (would,) = run.applied
    judged = would.judged
    assert (judged.amount.text, judged.fee.text, judged.net.text, judged.left.text) == (
        "70.00",
        "0.70",
        "69.30",
        "10.00",
    )
    assert len(run.parked) == 1
    assert (MerchantWithdrawal.objects.count(), amount_of(account)) == (0, "80.00")


def test_one_account_that_cannot_be_paid_stops_no_other():
    closed, off, fine = (an_account_with("80.00") for _ in range(3))
    payee = a_rule(closed).payee
    close_payee(number=payee, customer=closed.owner, actor="user:1", at=IN_NOVEMBER)
    a_rule(off)
    disable_merchant_account(account=off, actor="user:1", at=IN_NOVEMBER, reason="fraud")
    a_rule(fine)

    run = run_automatic(at=SECOND_OF_DECEMBER)

    assert [one.account for one in run.applied] == [fine]
    assert [one.refusals[0].code for one in run.parked] == [
        "payee_closed",
        "merchant_account_disabled",
    ]


def test_a_rule_begins_with_its_next_occasion_and_one_that_is_off_does_nothing():
    account, off = an_account_with("80.00"), an_account_with("80.00")
    a_rule(account)  # set on the second of November
    payee = a_payee(off.owner)
    a_rule(off, payee=payee)
    a_rule(off, payee=payee, active=False)

    run = run_automatic(at=IN_NOVEMBER)

    assert (run.looked, len(run.early), amount_of(account)) == (1, 1, "80.00")


def test_an_occasion_is_not_used_again_when_its_withdrawal_was_cancelled():
    account = an_account_with("80.00")
    a_rule(account)
    (made,) = run_automatic(at=SECOND_OF_DECEMBER).applied
    cancel_merchant_withdrawal(number=made.withdrawal, instruction=now())

    assert run_automatic(at=SECOND_OF_DECEMBER).applied == []
    (again,) = run_automatic(at=FIRST_OF_JANUARY).applied

    assert again.occasion.day == date(2027, 1, 1)
    assert amount_of(account) == "0.00"


def test_two_runs_at_once_pay_each_account_once():
    accounts = [an_account_with("80.00") for _ in range(5)]
    for account in accounts:
        a_rule(account, keep_back=1000)

    runs = in_parallel(*[lambda: run_automatic(at=SECOND_OF_DECEMBER)] * 4)

    assert sum(len(run.applied) for run in runs) == len(accounts)
    assert all(run.counts and not run.parked for run in runs)
    assert [amount_of(account) for account in accounts] == ["10.00"] * 5


def test_a_run_that_stopped_is_gone_on_with():
    accounts = [an_account_with("80.00") for _ in range(4)]
    for account in accounts:
        a_rule(account)

    run_automatic(at=SECOND_OF_DECEMBER, most=2)
    again = run_automatic(at=SECOND_OF_DECEMBER)

    assert (len(again.used), len(again.applied)) == (2, 2)
    assert {amount_of(account) for account in accounts} == {"0.00"}
