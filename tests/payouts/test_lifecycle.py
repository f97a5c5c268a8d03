from __future__ import annotations

from itertools import product

import pytest

from tael.lifecycle import MoveNotAllowed
from tael.payouts.lifecycle import WITHDRAWAL, WithdrawalEvent, WithdrawalState

E, S = WithdrawalEvent, WithdrawalState
ALLOWED = {
    S.APPLIED: {E.APPROVE, E.REVIEW, E.REFUSE, E.CANCEL},
    S.REVIEWED: {E.CONFIRM, E.REFUSE, E.CANCEL},
}


@pytest.mark.rule("F-33", "I32")
@pytest.mark.parametrize(("state", "event"), list(product(WithdrawalState, WithdrawalEvent)))
def test_an_application_is_decided_once_or_not_at_all(
    state: WithdrawalState, event: WithdrawalEvent
):
    if event in ALLOWED.get(state, set()):
        after = WITHDRAWAL.after(state, event)
        assert WITHDRAWAL.terminal(after) is (event is not E.REVIEW)
    else:
        with pytest.raises(MoveNotAllowed):
            WITHDRAWAL.after(state, event)
