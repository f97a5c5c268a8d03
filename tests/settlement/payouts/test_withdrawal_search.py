from __future__ import annotations

from datetime import timedelta

import pytest

from builders import queries
from settlement_builders import IN_NOVEMBER, a_merchant_account
from settlement_payout_builders import PAID_ON, an_account_with, an_application, in_state, now
from tael.settlement.lifecycles import PayoutState
from tael.settlement.payouts.paying import Paid, pay_payouts
from tael.settlement.payouts.withdrawal import UnknownMerchantWithdrawal
from tael.settlement.payouts.withdrawal_search import (
    WithdrawalsWanted,
    merchant_withdrawals,
    unknown_outcomes,
    withdrawal_seen,
    withdrawal_totals,
)

pytestmark = pytest.mark.usefixtures("db")


def found(**wanted):
    return [seen.row.pk for seen in merchant_withdrawals(WithdrawalsWanted(**wanted))]


def test_withdrawals_are_found_by_what_they_are_and_added_up():
    account, other = an_account_with("100.00"), an_account_with("100.00")
    small, large = an_application(account, "1.00").pk, an_application(account, "20.00").pk
    held = in_state(PayoutState.HELD, other, "5.00").pk
    paid = in_state(PayoutState.PAID, other, "6.00").pk

    assert found() == [paid, held, large, small]
    assert found(account=account.number) == [large, small]
    assert found(owner=other.owner, payout="held") == [held]
    assert found(payout="open") == [held, large, small]
    assert found(trade="succeeded") == [paid]
    assert found(currency="CNY", least=500, most=600) == [paid, held]
    assert found(flow_number=f"F{paid}") == [paid]
    assert found(way="automatic") == []
    assert found(since=IN_NOVEMBER + timedelta(seconds=1)) == []
    assert merchant_withdrawals(WithdrawalsWanted(), before=large)[0].row.pk == small
    (total,) = withdrawal_totals(WithdrawalsWanted())
    assert (total.withdrawals, total.amount.text, total.net.text) == (4, "32.00", "32.00")


def test_the_list_asks_no_more_because_it_is_longer():
    account = an_account_with("100.00")
    an_application(account, "1.00")
    with queries() as few:
        found()
    for _ in range(3):
        an_application(account, "1.00")
    with queries() as many:
        found()
    assert len(few) == len(many)


def test_another_merchants_withdrawal_is_not_there():
    row = an_application(an_account_with("10.00"), "1.00")

    with pytest.raises(UnknownMerchantWithdrawal):
        withdrawal_seen(row.pk, owner=a_merchant_account().owner)


def test_unknown_outcomes_are_counted_by_their_age():  # A7
    account = an_account_with("100.00")
    in_state(PayoutState.UNKNOWN, account, "4.00")
    in_state(PayoutState.UNKNOWN, account, "5.00")
    in_state(PayoutState.EXPORTED, account, "6.00")

    def ages(later):
        rows = unknown_outcomes(at=IN_NOVEMBER + later)
        return [(row.age, row.withdrawals, row.net.text) for row in rows]

    assert ages(timedelta(minutes=5)) == [(timedelta(hours=1), 2, "9.00")]
    assert ages(timedelta(days=2)) == [(timedelta(days=1), 2, "9.00")]
    assert ages(timedelta(days=9)) == [(timedelta(days=5), 2, "9.00")]


def test_what_was_paid_takes_a_flow_number_before_it_can_bounce():
    account = an_account_with("10.00")
    row = in_state(PayoutState.EXPORTED, account, "4.00")
    pay_payouts([Paid(row.pk, "Alipay", PAID_ON)], instruction=now())

    assert withdrawal_seen(row.pk).moves == ["flow_number"]
    assert withdrawal_seen(in_state(PayoutState.PAID, account, "4.00").pk).moves == ["bounce"]
