from __future__ import annotations

from itertools import product

import pytest

from tael.lifecycle import MoveNotAllowed
from tael.payouts.lifecycle import WITHDRAWAL, WithdrawalEvent, WithdrawalState


@pytest.mark.rule("F-33")
@pytest.mark.parametrize(("state", "event"), list(product(WithdrawalState, WithdrawalEvent)))
def test_an_application_is_decided_once_or_not_at_all(
    state: WithdrawalState, event: WithdrawalEvent
):
    if state is WithdrawalState.APPLIED:
        assert WITHDRAWAL.terminal(WITHDRAWAL.after(state, event))
    else:
        with pytest.raises(MoveNotAllowed):
            WITHDRAWAL.after(state, event)
