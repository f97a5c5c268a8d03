from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF, a_payee, an_instruction, in_parallel, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, amount_of, some_terms
from settlement_payout_builders import PAID_ON, an_account_with, an_application, in_state, now
from tael import books, ledger
from tael.approvals.proposal import AffectedDecides
from tael.money.fee import FeeExceedsAmount
from tael.parties.customer import CustomerDisabled, disable
from tael.parties.payee import PayeeClosed, UnknownPayee, close_payee
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccountDisabled,
    disable_merchant_account,
)
from tael.settlement.lifecycles import (
    PAYOUT,
    TRADE,
    PayoutEvent,
    PayoutState,
    TradeEvent,
    TradeState,
)
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
from tael.settlement.payouts.payout_hold import hold_payout, release_payout
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.qualification import NotQualified
from tael.settlement.payouts.withdrawal import (
    Occasion,
    OccasionUsed,
    UnknownMerchantWithdrawal,
    WithdrawalMoveRefused,
    apply_merchant_withdrawal,
    cancel_merchant_withdrawal,
    merchant_withdrawal,
)
from tael.settlement.remittances.flow_number import FlowNumberTaken

pytestmark = pytest.mark.usefixtures("db")


def balance(code):
    (account,) = ledger.accounts(books.connection(), codes=[code])
    return account.balance


@pytest.mark.rule("B-35", "B-37", "B-05")
def test_the_money_leaves_the_account_when_the_merchant_applies():
    account = an_account_with("300.00")

    row = an_application(account, "200.00")

    assert (row.trade_state, row.payout_state, row.net) == ("applying", "waiting", 20000)
    assert amount_of(account) == "100.00"
    assert balance("payable:CNY") == 20000


@pytest.mark.rule("B-33", "B-34", "X-B5")
@pytest.mark.parametrize(("held", "qualified"), [("50.00", False), ("50.01", True)])
def test_an_account_qualifies_above_its_minimum_only(held, qualified):
    account = an_account_with(held)
    some_terms(account, minimum_manual=5000)

    if qualified:
        an_application(account, held)
        assert amount_of(account) == "0.00"
    else:
        with pytest.raises(NotQualified) as refused:
            an_application(account, held)
        assert (refused.value.there, refused.value.allowed) == ("50.00 CNY", "more than 50.00 CNY")
        assert amount_of(account) == held


def test_no_more_is_withdrawn_than_is_there():
    account = an_account_with("10.00")

    with pytest.raises(NotQualified) as refused:
        an_application(account, "10.01")

    assert refused.value.allowed == "at most 10.00 CNY"
    assert (amount_of(account), MerchantWithdrawal.objects.count()) == ("10.00", 0)


def test_many_at_once_never_take_more_than_is_there():
    account = an_account_with("10.00")
    payee = a_payee(account.owner)

    answers = in_parallel(*[lambda: an_application(account, "3.00", payee=payee)] * 16)

    assert len([one for one in answers if isinstance(one, Refusal)]) == 13
    assert amount_of(account) == "1.00"


def test_a_fee_is_taken_off_what_is_paid():  # A16
    account = an_account_with("100.00")
    some_terms(account, fee="1% + 0.50")

    row = an_application(account, "100.00")

    assert (row.amount, row.fee, row.net) == (10000, 150, 9850)
    assert (balance("payable:CNY"), balance("house:income:CNY")) == (9850, 150)
    some_terms(account, fee="101.00")
    with pytest.raises((FeeExceedsAmount, NotQualified)):
        an_application(account, "1.00")


def test_the_same_application_sent_again_is_one():
    account = an_account_with("10.00")
    given = {
        "account": account,
        "payee": a_payee(account.owner),
        "instruction": an_instruction("k", at=IN_NOVEMBER),
    }

    first = apply_merchant_withdrawal(amount=money("4.00"), **given)
    again = apply_merchant_withdrawal(amount=money("4.00"), **given)

    assert (again.withdrawal.pk, again.replayed) == (first.withdrawal.pk, True)
    assert amount_of(account) == "6.00"
    with pytest.raises(ledger.KeyReused):
        apply_merchant_withdrawal(amount=money("5.00"), **given)


def test_what_is_in_the_way_is_refused_and_changes_nothing():
    account, other = an_account_with("10.00"), a_merchant_account()
    closed = a_payee(account.owner)
    close_payee(number=closed, customer=account.owner, actor="user:1", at=IN_NOVEMBER)

    for payee, refusal in ((closed, PayeeClosed), (a_payee(other.owner), UnknownPayee)):
        with pytest.raises(refusal):
            an_application(account, "1.00", payee=payee)
    disable_merchant_account(account=account, actor="user:1", at=IN_NOVEMBER, reason="fraud")
    with pytest.raises(MerchantAccountDisabled):
        an_application(account, "1.00")

    assert amount_of(account) == "10.00"


def test_an_occasion_is_used_once():
    account = an_account_with("10.00")
    payee = a_payee(account.owner)
    given = {"account": account, "payee": payee, "amount": money("1.00")}
    rule = set_payout_rule(account=account, rule=AccountRule(payee=payee), instruction=now())
    occasion = Occasion(rule.pk, date(2026, 11, 1))
    apply_merchant_withdrawal(occasion=occasion, instruction=now(), **given)

    with pytest.raises(OccasionUsed):
        apply_merchant_withdrawal(occasion=occasion, instruction=now(), **given)

    assert amount_of(account) == "9.00"


def pay(number):
    pay_payouts([Paid(number, "Alipay", PAID_ON, f"F{number}")], instruction=now())


MOVES = {
    PayoutEvent.HOLD: lambda number: hold_payout(number=number, reason="why", instruction=now()),
    PayoutEvent.RELEASE: lambda number: release_payout(number=number, instruction=now()),
    PayoutEvent.BATCH: lambda number: move_payouts([number], PayoutEvent.BATCH),
    PayoutEvent.TAKE_OUT: lambda number: move_payouts([number], PayoutEvent.TAKE_OUT),
    PayoutEvent.EXPORT: lambda number: move_payouts([number], PayoutEvent.EXPORT),
    PayoutEvent.LOSE_SIGHT: lambda number: move_payouts([number], PayoutEvent.LOSE_SIGHT),
    PayoutEvent.PAY: pay,
    PayoutEvent.FAIL: lambda number: fail_payouts([Failed(number, "why")], instruction=now()),
    PayoutEvent.BOUNCE: lambda number: bounce_payout(
        number=number, reason="why", instruction=now()
    ),
    PayoutEvent.CANCEL: lambda number: cancel_merchant_withdrawal(number=number, instruction=now()),
}
REPEATED = {
    (PayoutState.HELD, PayoutEvent.HOLD),
    (PayoutState.WAITING, PayoutEvent.RELEASE),
    (PayoutState.CANCELLED, PayoutEvent.CANCEL),
    (PayoutState.RETURNED, PayoutEvent.BOUNCE),
}
"""What is so already stays so."""
TRADE_OF = dict.fromkeys(PayoutState, "applying") | {
    PayoutState.PAID: "succeeded",
    PayoutState.FAILED: "failed",
    PayoutState.RETURNED: "failed",
    PayoutState.CANCELLED: "cancelled",
}
"""The other of the two fields; what is paid has succeeded with its flow number."""
ENDED = {PayoutState.FAILED, PayoutState.RETURNED, PayoutState.CANCELLED}


@pytest.mark.parametrize("event", PayoutEvent)
@pytest.mark.parametrize("state", PayoutState)
def test_every_state_and_event_is_a_move_or_a_refusal(state, event):
    account = an_account_with("10.00")
    row = in_state(state, account, "4.00")
    before = amount_of(account)
    following = PAYOUT.moves.get((state, event), state)

    if (state, event) in PAYOUT.moves or (state, event) in REPEATED:
        MOVES[event](row.pk)
    else:
        with pytest.raises(WithdrawalMoveRefused) as refused:
            MOVES[event](row.pk)
        assert refused.value.there == state
        assert amount_of(account) == before

    row.refresh_from_db()
    assert row.payout_state == following
    assert row.trade_state == TRADE_OF[following]
    assert amount_of(account) == ("10.00" if following in ENDED else "6.00")
    assert balance("payable:CNY") == (0 if following in ENDED | {PayoutState.PAID} else 400)


def in_trade_state(state, event, account):
    """An application in a trade state, with its money where the event could happen if the table allows it."""
    if state is TradeState.APPLYING and event is TradeEvent.SUCCEED:
        row = in_state(PayoutState.EXPORTED, account, "4.00")
        pay_payouts([Paid(row.pk, "Alipay", PAID_ON)], instruction=now())
        return row
    if state is TradeState.APPLYING:
        where = PayoutState.EXPORTED if event is TradeEvent.FAIL else PayoutState.WAITING
        return in_state(where, account, "4.00")
    return in_state(
        {
            TradeState.SUCCEEDED: PayoutState.PAID,
            TradeState.FAILED: PayoutState.FAILED,
            TradeState.CANCELLED: PayoutState.CANCELLED,
        }[state],
        account,
        "4.00",
    )


def end(row, state, event):
    if event is TradeEvent.SUCCEED:
        set_flow_number(number=row.pk, flow_number="N1", instruction=now())
    elif event is TradeEvent.CANCEL:
        cancel_merchant_withdrawal(number=row.pk, instruction=now())
    elif state is TradeState.SUCCEEDED:
        bounce_payout(number=row.pk, reason="why", instruction=now())
    else:
        fail_payouts([Failed(row.pk, "why")], instruction=now())


@pytest.mark.parametrize("event", TradeEvent)
@pytest.mark.parametrize("state", TradeState)
def test_every_trade_state_and_event_is_a_move_or_a_refusal(state, event):
    account = an_account_with("10.00")
    row = in_trade_state(state, event, account)
    following = TRADE.moves.get((state, event), state)

    if following is not state or (state, event) == (TradeState.CANCELLED, TradeEvent.CANCEL):
        end(row, state, event)
    else:
        with pytest.raises(WithdrawalMoveRefused):
            end(row, state, event)

    row.refresh_from_db()
    assert row.trade_state == following
    back = following in {TradeState.FAILED, TradeState.CANCELLED}
    assert amount_of(account) == ("10.00" if back else "6.00")


def test_the_same_application_sent_by_many_at_once_is_one():
    account = an_account_with("10.00")
    given = {
        "account": account,
        "amount": money("3.00"),
        "payee": a_payee(account.owner),
        "instruction": an_instruction("k", at=IN_NOVEMBER),
    }

    answers = in_parallel(*[lambda: apply_merchant_withdrawal(**given)] * 8)

    assert {answer.withdrawal.pk for answer in answers} == {MerchantWithdrawal.objects.get().pk}
    assert sum(not answer.replayed for answer in answers) == 1
    assert amount_of(account) == "7.00"


def test_one_flow_number_told_of_two_withdrawals_at_once_pays_one():  # I20
    account = an_account_with("10.00")
    rows = [in_state(PayoutState.EXPORTED, account, "1.00").pk for _ in range(8)]

    answers = in_parallel(
        *[
            lambda number=number: pay_payouts(
                [Paid(number, "Alipay", PAID_ON, "SAME")], instruction=now()
            )
            for number in rows
        ]
    )

    refused = [one for one in answers if isinstance(one, FlowNumberTaken)]
    assert (len(refused), balance("payable:CNY")) == (7, 700)


def test_the_merchant_does_not_decide_about_his_own_withdrawal():  # I32
    account = an_account_with("10.00")
    held = in_state(PayoutState.HELD, account, "1.00").pk
    paid = in_state(PayoutState.PAID, account, "1.00").pk
    himself = an_instruction(actor=f"customer:{account.owner}", at=IN_NOVEMBER)

    for act in (
        lambda: release_payout(number=held, instruction=himself),
        lambda: bounce_payout(number=paid, reason="why", instruction=himself),
        lambda: set_flow_number(number=paid, flow_number="1", instruction=himself),
    ):
        with pytest.raises(AffectedDecides):
            act()
    assert amount_of(account) == "8.00"


def test_a_stopped_merchant_withdraws_nothing_and_gets_back_what_was_not_paid():
    account = an_account_with("10.00")
    payee = a_payee(account.owner)
    row = in_state(PayoutState.EXPORTED, account, "4.00")
    disable(number=account.owner, reason="looked into", actor=STAFF, at=IN_NOVEMBER)

    with pytest.raises(CustomerDisabled):
        an_application(account, "1.00", payee=payee)
    fail_payouts([Failed(row.pk, "no such account")], instruction=now())

    assert amount_of(account) == "10.00"


def test_a_foreign_withdrawal_is_as_one_that_is_not_there():
    account = an_account_with("10.00")
    row = an_application(account, "1.00")

    assert merchant_withdrawal(row.pk, owner=account.owner).pk == row.pk
    for number, owner in ((row.pk, account.owner + 1), (row.pk + 9, None), (0, None)):
        with pytest.raises(UnknownMerchantWithdrawal):
            merchant_withdrawal(number, owner=owner)
    with pytest.raises(UnknownMerchantWithdrawal):
        cancel_merchant_withdrawal(number=row.pk, owner=account.owner + 1, instruction=now())
