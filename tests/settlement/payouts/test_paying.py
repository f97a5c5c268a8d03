from __future__ import annotations

import pytest

from builders import STAFF, a_payee
from settlement_builders import IN_NOVEMBER, amount_of
from settlement_payout_builders import PAID_ON, an_account_with, an_application, in_state, now
from tael import books, ledger
from tael.parties.text import TextMalformed
from tael.settlement.accounts.merchant_account import (
    MerchantAccountDisabled,
    disable_merchant_account,
)
from tael.settlement.lifecycles import PayoutEvent, PayoutState
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.paying import (
    Failed,
    Paid,
    bounce_payout,
    fail_payouts,
    move_payouts,
    pay_payouts,
    set_flow_number,
)
from tael.settlement.payouts.withdrawal import WithdrawalMoveRefused
from tael.settlement.remittances.flow_number import FlowNumberMalformed, FlowNumberTaken

pytestmark = pytest.mark.usefixtures("db")


def exported(*amounts):
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    rows = [an_application(account, amount, payee=payee).pk for amount in amounts]
    move_payouts(rows, PayoutEvent.BATCH)
    move_payouts(rows, PayoutEvent.EXPORT)
    return account, rows


def balances():
    codes = ["payable:CNY", "channel:Alipay:CNY"]
    return [one.balance for one in ledger.accounts(books.connection(), codes=codes)]


@pytest.mark.rule("B-38", "B-01", "A-B6")
def test_what_failed_or_came_back_is_on_the_account_at_once_though_it_is_switched_off():
    account, (failed, returned) = exported("40.00", "10.00")
    pay_payouts([Paid(returned, "Alipay", PAID_ON, "2026-0001")], instruction=now())
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    fail_payouts([Failed(failed, "no such account")], instruction=now())
    assert amount_of(account) == "90.00"
    bounce_payout(number=returned, reason="account closed", instruction=now())

    assert (amount_of(account), balances()) == ("100.00", [0, 0])
    with pytest.raises(MerchantAccountDisabled):
        an_application(account, "1.00")


@pytest.mark.rule("B-35", "B-36", "X-B8")
def test_paid_with_a_flow_number_is_succeeded_and_the_account_stays():
    account, (number,) = exported("40.00")

    (row,) = pay_payouts([Paid(number, "Alipay", PAID_ON, "2026-0001")], instruction=now())

    assert (row.trade_state, row.payout_state, row.flow_number) == (
        "succeeded",
        "paid",
        "2026-0001",
    )
    assert amount_of(account) == "60.00"
    assert balances() == [0, 4000]


def test_paid_without_a_flow_number_waits_for_it():  # A-B19
    _, (number,) = exported("40.00")
    (row,) = pay_payouts([Paid(number, "Alipay", PAID_ON)], instruction=now())
    assert (row.trade_state, row.payout_state) == ("applying", "paid")

    for _ in range(2):
        row = set_flow_number(number=number, flow_number="77", instruction=now())

    assert row.trade_state == "succeeded"
    with pytest.raises(WithdrawalMoveRefused):
        set_flow_number(number=number, flow_number="78", instruction=now())


@pytest.mark.rule("B-35")
def test_many_are_told_at_once_and_all_or_none_are_written():
    account, rows = exported("10.00", "20.00", "30.00")
    told = [Paid(number, "Alipay", PAID_ON, f"F{number}") for number in rows]

    with pytest.raises(FlowNumberTaken):
        pay_payouts(
            [*told[:2], told[2]._replace(flow_number=told[0].flow_number)], instruction=now()
        )
    assert balances() == [6000]
    pay_payouts(told, instruction=now())

    assert balances() == [0, 6000]
    assert amount_of(account) == "40.00"


def test_a_flow_number_pays_one_withdrawal():
    _, rows = exported("10.00", "20.00")
    pay_payouts([Paid(rows[0], "Alipay", PAID_ON, "9")], instruction=now())

    for number, refusal in (("9", FlowNumberTaken), ("a b", FlowNumberMalformed)):
        with pytest.raises(refusal):
            pay_payouts([Paid(rows[1], "Alipay", PAID_ON, number)], instruction=now())
    assert MerchantWithdrawal.objects.get(pk=rows[1]).payout_state == "exported"


def test_what_the_bank_did_not_pay_is_on_the_account_again_at_once():  # A-B6
    account, rows = exported("10.00", "20.00")

    fail_payouts([Failed(rows[1], "no such account")], instruction=now())

    assert amount_of(account) == "90.00"
    assert balances() == [1000]
    with pytest.raises(TextMalformed):
        fail_payouts([Failed(rows[0], " ")], instruction=now())


def test_an_unknown_outcome_stays_unknown_until_somebody_knows():  # A7, A19
    account = an_account_with("10.00")
    row = in_state(PayoutState.UNKNOWN, account, "4.00")

    with pytest.raises(WithdrawalMoveRefused):
        move_payouts([row.pk], PayoutEvent.TAKE_OUT)
    assert amount_of(account) == "6.00"

    pay_payouts([Paid(row.pk, "Alipay", PAID_ON, "F1")], instruction=now())
    assert amount_of(account) == "6.00"
