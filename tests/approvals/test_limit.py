from __future__ import annotations

import pytest

from builders import in_parallel, money
from settlement_builders import IN_NOVEMBER, signed
from settlement_remittance_builders import a_limit
from tael import books
from tael.approvals.command import UnknownCommand
from tael.approvals.limit import (
    ApprovalLimitMalformed,
    limit_in_force,
    needs_two,
    set_approval_limit,
)
from tael.approvals.models import ApprovalLimit
from tael.approvals.proposal_search import approval_limit_history, approval_limits

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]

ACT = "settlement.adjust"


@pytest.mark.parametrize(
    ("limit", "amount", "two"),
    [
        (None, "1000000.00", False),
        ("10.00", "10.00", False),
        ("10.00", "-10.00", False),
        ("10.00", "10.01", True),
        ("10.00", "-10.01", True),
        ("0.00", "0.01", True),
    ],
)
def test_more_than_the_limit_takes_two_people(limit, amount, two):
    a_limit(limit)

    assert needs_two(ACT, "CNY", signed(amount)) is two
    assert needs_two(ACT, "USD", signed(amount, "USD")) is False
    assert needs_two("settlement.terms", "CNY", signed(amount)) is False


def test_an_act_without_an_amount_takes_two_wherever_there_is_a_limit():
    assert not needs_two("settlement.terms", "CNY", None)
    a_limit("1000000.00", command="settlement.terms")
    assert needs_two("settlement.terms", "CNY", None)
    a_limit(None, command="settlement.terms")
    assert not needs_two("settlement.terms", "CNY", None)


def test_limits_are_a_history_and_the_same_one_again_changes_nothing():
    for text in ("10.00", "10.00", "20.00", None, None):
        a_limit(text)

    assert [row.amount for row in approval_limit_history(command=ACT, currency="CNY")] == [
        None,
        2000,
        1000,
    ]
    assert [row.amount for row in approval_limits()] == [None]
    newest = limit_in_force(ACT, "CNY")
    assert newest is not None
    assert newest.amount is None


def test_the_same_limit_set_at_once_is_set_once():
    in_parallel(*[lambda: a_limit("10.00")] * 6)

    assert ApprovalLimit.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"command": "nothing.such"}, UnknownCommand),
        ({"currency": "XXX"}, books.UnknownCurrency),
        ({"amount": "USD"}, ApprovalLimitMalformed),
        ({"amount": "-"}, ApprovalLimitMalformed),
    ],
)
def test_what_cannot_be_is_refused(given, refusal):
    amounts = {"USD": money("1.00", "USD"), "-": signed("-1.00")}
    facts = {"command": ACT, "currency": "CNY", "amount": money("1.00"), **given}
    facts["amount"] = amounts.get(given.get("amount", ""), facts["amount"])

    with pytest.raises(refusal):
        set_approval_limit(**facts, actor="user:10000", at=IN_NOVEMBER)
