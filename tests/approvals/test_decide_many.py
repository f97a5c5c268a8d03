from __future__ import annotations

import pytest

from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import CHECKER, MAKER, a_proposal, told
from tael.approvals.decide_many import AT_ONCE, TooManyProposals, decide_many
from tael.approvals.proposal import OwnProposal, UnknownProposal

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]


def test_one_that_cannot_be_decided_stops_no_other():
    account = a_merchant_account()
    own = a_proposal(account, "-50.00", instruction=told(CHECKER))
    rows = [a_proposal(account, text) for text in ("-30.00", "-20.00")]
    wanted = [rows[0].pk, own.pk, 999, rows[1].pk, rows[0].pk]

    outcomes = decide_many(numbers=wanted, approve=True, instruction=told(CHECKER, key="all"))
    again = decide_many(numbers=wanted, approve=True, instruction=told(CHECKER, key="all"))

    for answers in (outcomes, again):
        assert [one.number for one in answers] == [rows[0].pk, own.pk, 999, rows[1].pk]
        assert [type(one.refusal) for one in answers[1:3]] == [OwnProposal, UnknownProposal]
        assert [one.proposal.state for one in (answers[0], answers[3])] == ["approved"] * 2
    assert amount_of(account) == "-50.00"


def test_many_are_refused_for_one_reason():
    account = a_merchant_account()
    rows = [a_proposal(account, text) for text in ("-30.00", "-20.00")]

    outcomes = decide_many(
        numbers=[row.pk for row in rows],
        approve=False,
        reason="all wrong",
        instruction=told(CHECKER),
    )

    assert [one.proposal.reason for one in outcomes] == ["all wrong"] * 2
    assert amount_of(account) == "0.00"


def test_no_more_than_a_page_is_decided_at_once():
    with pytest.raises(TooManyProposals):
        decide_many(numbers=range(1, AT_ONCE + 2), approve=True, instruction=told(MAKER))
