"""Merchants' withdrawals in every state, for the doctor to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from builders import STAFF, a_customer, a_payee, an_instruction, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, some_terms
from settlement_payout_builders import an_application, in_state, now
from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal import approve_proposal
from tael.settlement.lifecycles import PayoutState
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.remittances.adjustment import adjust


class LivedPayouts(NamedTuple):
    """Numbers of things that a test wants to spoil."""

    waiting: int
    paid: int
    failed: int
    returned: int
    unknown: int
    automatic: int
    rule: int
    owed: int


def lived_payouts() -> LivedPayouts:
    """Let merchants apply, one of them by a rule that two people agreed on."""
    account = a_merchant_account(owner=a_customer())
    some_terms(account, fee="1% + 0.10")
    adjust(account=account, amount=money("500.00"), reason="an opening", instruction=now())
    rows = {state: in_state(state, account, "10.00").pk for state in PayoutState}
    waiting = an_application(account, "20.00").pk
    set_approval_limit(
        command="settlement.payout_rule",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )
    rule = AccountRule(payee=a_payee(account.owner), schedule="day", keep_back=1000)
    proposed = set_payout_rule(account=account, rule=rule, instruction=now())
    approve_proposal(
        number=proposed.pk, instruction=an_instruction(actor="user:9001", at=IN_NOVEMBER)
    )
    (made,) = run_automatic(at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC)).applied
    return LivedPayouts(
        waiting,
        rows[PayoutState.PAID],
        rows[PayoutState.FAILED],
        rows[PayoutState.RETURNED],
        rows[PayoutState.UNKNOWN],
        made.withdrawal,
        made.rule.pk,
        account.account,
    )
