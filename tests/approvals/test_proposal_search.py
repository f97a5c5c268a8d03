from __future__ import annotations

from datetime import timedelta

import pytest

from settlement_builders import IN_NOVEMBER, a_merchant_account
from settlement_remittance_builders import CHECKER, MAKER, a_proposal, told
from tael.approvals.lifecycle import ProposalState
from tael.approvals.models import Proposal
from tael.approvals.proposal import LIVES, refuse_proposal
from tael.approvals.proposal_search import (
    Difference,
    ProposalsWanted,
    differences,
    proposals,
    proposals_waiting,
)

pytestmark = pytest.mark.rule("I32")
LATER = IN_NOVEMBER + timedelta(days=1)


def found(**wanted):
    return [row.pk for row in proposals(ProposalsWanted(**wanted))]


def test_proposals_are_found_by_what_they_are_newest_first(db):
    account = a_merchant_account()
    one = a_proposal(account).pk
    his = a_proposal(account, instruction=told(CHECKER)).pk
    over = a_proposal(account).pk
    refuse_proposal(number=over, reason="wrong", instruction=told(CHECKER))

    assert found() == [over, his, one]
    assert found(state=ProposalState.PROPOSED) == [his, one]
    assert found(command="settlement.adjust", by=CHECKER) == [his]
    assert found(not_by=CHECKER) == [over, one]
    assert found(subject=f"merchant_account:{account.number}") == [over, his, one]
    assert found(subject="merchant_account:1") == []
    assert found(since=IN_NOVEMBER, until=LATER) == [over, his, one]
    assert (found(since=LATER), found(until=IN_NOVEMBER)) == ([], [])
    assert [row.pk for row in proposals(ProposalsWanted(), before=his, limit=0)] == [one]


def test_what_waits_is_counted_by_act_without_ones_own_and_without_what_is_too_old(db):
    account = a_merchant_account()
    a_proposal(account)
    a_proposal(account, instruction=told(CHECKER))

    assert proposals_waiting(at=IN_NOVEMBER) == {"settlement.adjust": 2}
    assert proposals_waiting(at=IN_NOVEMBER, but=MAKER) == {"settlement.adjust": 1}
    assert proposals_waiting(at=IN_NOVEMBER + LIVES) == {}


@pytest.mark.parametrize(
    ("payload", "before", "expected"),
    [
        ({"amount": 5}, None, [Difference("amount", None, 5)]),
        (
            {"account": 7, "terms": {"fee": "1", "zone": "UTC"}},
            {"fee": "0", "zone": "UTC", "grace": 3},
            [
                Difference("account", None, 7),
                Difference("fee", "0", "1"),
                Difference("zone", "UTC", "UTC"),
                Difference("grace", 3, None),
            ],
        ),
    ],
)
def test_what_would_change_stands_beside_what_is(payload, before, expected):
    told_of = differences(Proposal(payload=payload, before=before))

    assert told_of == expected
    assert [one.changes for one in told_of] == [one.before != one.after for one in expected]
