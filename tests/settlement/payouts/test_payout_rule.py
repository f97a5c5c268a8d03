from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF, a_payee, an_instruction, money
from settlement_builders import IN_NOVEMBER, a_merchant_account
from tael import ledger
from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal import AffectedDecides, Proposal, approve_proposal
from tael.parties.payee import PayeeClosed, UnknownPayee, close_payee
from tael.settlement.models import PayoutRule
from tael.settlement.payouts.payout_rule import (
    AccountRule,
    PayoutRuleMalformed,
    account_rule,
    occasion_after,
    rule_in_force,
    set_payout_rule,
)
from tael.settlement.payouts.payout_rule_search import RulesWanted, payout_rules

pytestmark = pytest.mark.usefixtures("db")


def set_rule(account, *, actor=STAFF, key=None, **given):
    rule = AccountRule(**{"payee": a_payee(account.owner), **given})
    told = an_instruction(actor=actor, at=IN_NOVEMBER)
    return set_payout_rule(account=account, rule=rule, instruction=told)


@pytest.mark.rule("B-36")
def test_the_newest_rule_is_in_force_and_the_older_ones_stay():
    account = a_merchant_account()
    payee = a_payee(account.owner)

    set_rule(account, payee=payee, keep_back=100)
    for _ in range(2):
        set_rule(account, payee=payee, schedule="week", day=5, cap=900)

    assert account_rule(rule_in_force(account.number)) == AccountRule(
        payee=payee, schedule="week", day=5, cap=900
    )
    assert PayoutRule.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("schedule", {"schedule": "year"}),
        ("day", {"schedule": "month", "day": 29}),
        ("day", {"schedule": "week", "day": 8}),
        ("day", {"schedule": "day", "day": 2}),
        ("trigger", {"trigger": -1}),
        ("keep_back", {"keep_back": 2**63}),
        ("cap", {"cap": 0}),
    ],
)
def test_a_part_that_cannot_be_is_refused_by_its_name(field, given):
    account = a_merchant_account()

    with pytest.raises(PayoutRuleMalformed) as refused:
        set_rule(account, **given)

    assert refused.value.field == field
    assert rule_in_force(account.number) is None


def test_a_rule_pays_to_an_open_account_of_the_merchant():
    account, other = a_merchant_account(), a_merchant_account()
    closed = a_payee(account.owner)
    close_payee(number=closed, customer=account.owner, actor=STAFF, at=IN_NOVEMBER)

    for payee, refusal in ((closed, PayeeClosed), (a_payee(other.owner), UnknownPayee)):
        with pytest.raises(refusal):
            set_rule(account, payee=payee)
    set_rule(account, payee=closed, active=False)


def test_above_the_limit_a_rule_of_the_house_takes_two_people():  # I32
    account = a_merchant_account()
    set_approval_limit(
        command="settlement.payout_rule",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )

    made = set_rule(account, keep_back=500)

    assert isinstance(made, Proposal)
    assert rule_in_force(account.number) is None
    himself = an_instruction(actor=f"customer:{account.owner}", at=IN_NOVEMBER)
    with pytest.raises(AffectedDecides):
        approve_proposal(number=made.pk, instruction=himself)
    approve_proposal(number=made.pk, instruction=an_instruction(actor="user:2", at=IN_NOVEMBER))
    assert rule_in_force(account.number).keep_back == 500


def test_the_merchant_sets_his_own_rule_alone():
    account = a_merchant_account()
    set_approval_limit(
        command="settlement.payout_rule",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )

    set_rule(account, actor=f"customer:{account.owner}", cap=700)

    assert rule_in_force(account.number).cap == 700


def test_a_key_of_a_proposal_is_used_for_nothing_else():
    account = a_merchant_account()
    payee = a_payee(account.owner)
    set_approval_limit(
        command="settlement.payout_rule",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )
    told = an_instruction("k", at=IN_NOVEMBER)
    first = set_payout_rule(account=account, rule=AccountRule(payee=payee), instruction=told)

    assert (
        set_payout_rule(account=account, rule=AccountRule(payee=payee), instruction=told) == first
    )
    with pytest.raises(ledger.KeyReused):
        set_payout_rule(account=account, rule=AccountRule(payee=payee, day=2), instruction=told)


def test_rules_in_force_are_found():
    one, two = a_merchant_account(), a_merchant_account()
    set_rule(one)
    set_rule(one, cap=5)
    set_rule(two, active=False)

    def found(**wanted):
        return [seen.account.number for seen in payout_rules(RulesWanted(**wanted))]

    assert found() == [one.number, two.number]
    assert found(active=True) == [one.number]
    assert found(owner=two.owner) == [two.number]
    assert [seen.cap.text for seen in payout_rules(RulesWanted(account=one.number))] == ["0.05"]
    assert [seen.account.number for seen in payout_rules(RulesWanted(), after=one.number)] == [
        two.number
    ]


@pytest.mark.rule("B-36")
@pytest.mark.parametrize(
    ("schedule", "day", "now", "after"),
    [
        ("month", 1, "2026-12-01", "2027-01-01"),
        ("month", 20, "2026-11-17", "2026-11-20"),
        ("month", 28, "2027-01-31", "2027-02-28"),
        ("week", 5, "2026-11-20", "2026-11-27"),
        ("week", 5, "2026-11-19", "2026-11-20"),
        ("day", 1, "2026-11-30", "2026-12-01"),
    ],
)
def test_a_merchant_is_told_the_next_day_of_his_rule(schedule, day, now, after):
    row = PayoutRule(schedule=schedule, day=day)

    assert f"{occasion_after(row, date.fromisoformat(now))}" == after
