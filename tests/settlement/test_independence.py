"""Nobody decides about his own money: one table of what the house decides about, each by the merchant himself.

Source: I32; peers-settlement-invest A36.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from builders import AT, STAFF, a_customer, an_instruction, money
from settlement_batch_builders import a_checked, a_draft, with_the_bank
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, some_terms, the_bill
from settlement_payout_builders import an_application, in_state, now
from settlement_remittance_builders import a_limit, a_remittance
from tael.approvals.proposal import AffectedDecides, Proposal, approve_proposal, refuse_proposal
from tael.books import Instruction
from tael.parties.person import set_own_customer
from tael.settlement.accounts.merchant_account import MerchantAccount
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill import issue_bill, replace_bill, review_bill
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import PayoutRow
from tael.settlement.payouts.batch import approve_batch, check_batch
from tael.settlement.payouts.batch_export import FileWritten, export_batch, revoke_batch
from tael.settlement.payouts.paying import Paid, bounce_payout, pay_payouts, set_flow_number
from tael.settlement.payouts.payout_hold import hold_payout, release_payout
from tael.settlement.payouts.result_file import drop_result, keep_result, take_part
from tael.settlement.payouts.result_row import NEEDED
from tael.settlement.payouts.row_answer import Outcome, answer_row
from tael.settlement.remittances.adjustment import adjust
from tael.settlement.remittances.remittance import confirm_remittance, dispute_remittance
from tael.sheets import Sheet
from visits import a_customer_user, a_staff_user

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32", "A36")]

Decide = Callable[[Instruction], Any]
EMPTY = Sheet(
    name="r.csv", form="csv", digest="0" * 64, columns=NEEDED, header=1, count=0, content=b""
)
SAID = Outcome(False, "the bank says so", date(2026, 11, 3))


def a_bill(account: MerchantAccount) -> int:
    some_terms(account, review=True)
    a_record(account, "30.00")
    made = the_bill(account)
    assert made is not None
    return made.pk


def a_proposal(account: MerchantAccount) -> int:
    a_limit("1.00")
    made = adjust(account=account, amount=money("5.00"), reason="x", instruction=now())
    assert isinstance(made, Proposal)
    return made.pk


def a_waiting_answer(account: MerchantAccount) -> int:
    a_limit("1.00", command="settlement.answer_payout")
    batch, _ = with_the_bank("10.00", account=account)
    made = answer_row(number=batch.pk, withdrawal=row_of(batch), outcome=SAID, instruction=now())
    assert isinstance(made, Proposal)
    a_limit(None, command="settlement.answer_payout")
    return made.pk


def paid_without_number(account: MerchantAccount) -> int:
    number = in_state(PayoutState.EXPORTED, account, "10.00").pk
    pay_payouts([Paid(number, "Alipay", SAID.paid_on)], instruction=now())
    return number


def row_of(batch: Any) -> int:
    return PayoutRow.objects.get(batch=batch).withdrawal_id


# What the house decides about: how it comes to be, and the decision.
DECISIONS: dict[str, Callable[[MerchantAccount], Decide]] = {
    "check a batch": lambda account: _by(check_batch, a_draft("10.00", account=account).pk),
    "approve a batch": lambda account: _by(approve_batch, a_checked("10.00", account=account).pk),
    "export a batch": lambda account: _by(
        export_batch, a_checked("10.00", account=account).pk, file=FileWritten("a" * 64)
    ),
    "bring the bank's answer": lambda account: _by(
        keep_result, with_the_bank("10.00", account=account)[0].pk, sheet=EMPTY
    ),
    "take the bank's answer": lambda account: _with_answer(take_part, account),
    "lay the bank's answer aside": lambda account: _with_answer(drop_result, account),
    "answer a row": lambda account: _answer(with_the_bank("10.00", account=account)[0]),
    "approve a person's answer": lambda account: _by(approve_proposal, a_waiting_answer(account)),
    "revoke a batch": lambda account: _by(
        revoke_batch, with_the_bank("10.00", account=account)[0].pk, reason="not sent"
    ),
    "hold a withdrawal": lambda account: _by(
        hold_payout, an_application(account, "10.00").pk, reason="x"
    ),
    "release a withdrawal": lambda account: _by(
        release_payout, in_state(PayoutState.HELD, account, "10.00").pk
    ),
    "give a flow number": lambda account: _by(
        set_flow_number, paid_without_number(account), flow_number="Z9"
    ),
    "say that it came back": lambda account: _by(
        bounce_payout, in_state(PayoutState.PAID, account, "10.00").pk, reason="closed"
    ),
    "confirm a remittance": lambda account: _by(
        confirm_remittance, a_remittance(account, instruction=now()).pk, side="platform"
    ),
    "dispute a remittance": lambda account: _by(
        dispute_remittance,
        a_remittance(account, instruction=now()).pk,
        side="platform",
        reason="not there",
    ),
    "adjust an account": lambda account: (
        lambda told: adjust(account=account, amount=money("0.50"), reason="x", instruction=told)
    ),
    "approve a proposal": lambda account: _by(approve_proposal, a_proposal(account)),
    "refuse a proposal": lambda account: _by(refuse_proposal, a_proposal(account), reason="no"),
    "set terms": lambda account: (
        lambda told: set_terms(
            account=account, terms=AccountTerms(zone="Asia/Shanghai", fee="0"), instruction=told
        )
    ),
    "review a bill": lambda account: _by(review_bill, a_bill(account)),
    "issue a bill": lambda account: _by(issue_bill, a_bill(account)),
    "replace a bill": lambda account: _by(replace_bill, a_bill(account), reason="wrong"),
}


def _by(function: Callable[..., Any], number: int, **further: Any) -> Decide:
    return lambda told: function(number=number, instruction=told, **further)


def _with_answer(function: Callable[..., Any], account: MerchantAccount) -> Decide:
    batch, _ = with_the_bank("10.00", account=account)
    kept = keep_result(number=batch.pk, sheet=EMPTY, instruction=now())
    return lambda told: function(file=kept.pk, instruction=told)


def _answer(batch: Any) -> Decide:
    return _by(answer_row, batch.pk, withdrawal=row_of(batch), outcome=SAID)


def test_no_decision_is_taken_by_him_whose_money_it_is_and_each_by_another() -> None:
    owner = a_customer(name="Corner Shop")
    member = a_staff_user("finance_checker")
    set_own_customer(number=member.pk, customer=owner, actor=STAFF, at=AT)
    names = (f"customer:{owner}", a_customer_user(owner).actor, member.actor)
    another = a_staff_user("finance_checker").actor

    for decision, made in DECISIONS.items():
        account = a_merchant_account(owner=owner)
        if "bill" not in decision:
            a_limit(None)
            adjust(account=account, amount=money("100.00"), reason="x", instruction=now())
        decide = made(account)
        for name in names:
            with pytest.raises(AffectedDecides):
                decide(an_instruction(actor=name, at=IN_NOVEMBER))
        try:
            decide(an_instruction(actor=another, at=IN_NOVEMBER))
        except AffectedDecides:
            pytest.fail(f"nobody at all may {decision}")
