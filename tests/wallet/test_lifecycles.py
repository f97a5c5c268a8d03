from __future__ import annotations

from itertools import product

import pytest

from tael.lifecycle import MoveNotAllowed
from tael.wallet.lifecycles import CARD, ORDER, CardEvent, CardState, OrderEvent, OrderState

CARD_PAIRS = [(CARD, *pair) for pair in product(CardState, CardEvent)]
ORDER_PAIRS = [(ORDER, *pair) for pair in product(OrderState, OrderEvent)]


@pytest.mark.rule("F-24", "F-25")
@pytest.mark.parametrize(("lifecycle", "state", "event"), CARD_PAIRS + ORDER_PAIRS)
def test_every_pair_is_a_declared_move_or_a_refusal(lifecycle, state, event):
    if (state, event) in lifecycle.moves:
        assert lifecycle.after(state, event) in lifecycle.states
    else:
        with pytest.raises(MoveNotAllowed):
            lifecycle.after(state, event)


def test_what_is_used_paid_closed_or_expired_stays_so():
    assert [state for state in CardState if CARD.terminal(state)] == [
        CardState.USED,
        CardState.VOID,
    ]
    assert [state for state in OrderState if ORDER.terminal(state)] == [
        OrderState.SUCCESS,
        OrderState.CLOSED,
        OrderState.EXPIRED,
    ]
