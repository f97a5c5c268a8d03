from __future__ import annotations

import doctest
from enum import Enum, IntEnum, StrEnum
from itertools import product

import pytest

from tael import lifecycle
from tael.lifecycle import Lifecycle, MoveNotAllowed


class State(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    PAID = "paid"
    RETURNED = "returned"


class Event(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    BOUNCE = "bounce"


LIFECYCLE = Lifecycle(
    start=State.REQUESTED,
    moves={
        (State.REQUESTED, Event.APPROVE): State.APPROVED,
        (State.REQUESTED, Event.REFUSE): State.REFUSED,
        (State.REQUESTED, Event.CANCEL): State.REFUSED,
        (State.APPROVED, Event.CONFIRM): State.PAID,
        (State.APPROVED, Event.BOUNCE): State.REFUSED,
        (State.PAID, Event.BOUNCE): State.RETURNED,
    },
)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_is_a_declared_move_or_a_refusal(state: State, event: Event):
    if (state, event) in LIFECYCLE.moves:
        assert LIFECYCLE.after(state, event) is LIFECYCLE.moves[state, event]
    else:
        with pytest.raises(MoveNotAllowed):
            LIFECYCLE.after(state, event)


def test_a_refused_move_names_the_state_and_the_events_that_it_allows():
    with pytest.raises(MoveNotAllowed) as caught:
        LIFECYCLE.after(State.APPROVED, Event.CANCEL)

    refusal = caught.value
    assert (refusal.code, refusal.because) == ("move_not_allowed", "conflict")
    assert (refusal.there, refusal.allowed) == ("approved", "confirm, bounce")
    assert refusal.message == "cancel is not possible in the state approved"


def test_a_final_state_says_that_it_is_final():
    with pytest.raises(MoveNotAllowed) as caught:
        LIFECYCLE.after(State.REFUSED, Event.APPROVE)

    assert caught.value.allowed == "nothing, this state is final"
    assert caught.value.events == ()


def test_events_come_in_the_order_of_the_table():
    assert LIFECYCLE.events_from(State.REQUESTED) == (Event.APPROVE, Event.REFUSE, Event.CANCEL)
    assert LIFECYCLE.events_from(State.RETURNED) == ()


def test_a_state_that_nothing_leaves_is_terminal():
    assert [state for state in State if LIFECYCLE.terminal(state)] == [
        State.REFUSED,
        State.RETURNED,
    ]


def test_states_are_those_of_the_table_in_the_order_of_their_declaration():
    assert LIFECYCLE.states == tuple(State)
    short = Lifecycle(start=State.REQUESTED, moves={(State.REQUESTED, Event.CONFIRM): State.PAID})
    assert short.states == (State.REQUESTED, State.PAID)


def test_the_database_rule_lists_the_states():
    assert LIFECYCLE.check_sql("state") == (
        "state IN ('requested', 'approved', 'refused', 'paid', 'returned')"
    )


def test_the_database_rule_quotes_what_needs_quoting():
    class Odd(Enum):
        QUOTED = "it's"

    assert Lifecycle(start=Odd.QUOTED, moves={}).check_sql("state") == "state IN ('it''s')"


@pytest.mark.parametrize("column", ["", "1a", "a b", "a'", "State", "a;--", "a\n"])
def test_the_database_rule_takes_only_a_plain_column_name(column: str):
    with pytest.raises(ValueError, match="column"):
        LIFECYCLE.check_sql(column)


def test_the_diagram_shows_every_move_and_every_end():
    assert LIFECYCLE.mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> requested\n"
        "    requested --> approved: approve\n"
        "    requested --> refused: refuse\n"
        "    requested --> refused: cancel\n"
        "    approved --> paid: confirm\n"
        "    approved --> refused: bounce\n"
        "    paid --> returned: bounce\n"
        "    refused --> [*]\n"
        "    returned --> [*]\n"
    )


def test_the_table_cannot_be_changed_afterwards():
    with pytest.raises(TypeError):
        LIFECYCLE.moves[State.PAID, Event.CANCEL] = State.REFUSED  # type: ignore[index]


def test_a_state_that_nothing_leads_to_is_a_mistake_in_the_table():
    with pytest.raises(ValueError, match="nothing leads"):
        Lifecycle(start=State.REQUESTED, moves={(State.PAID, Event.BOUNCE): State.RETURNED})


def test_states_are_stored_as_text_so_their_values_are_text():
    class Number(IntEnum):
        ONE = 1

    with pytest.raises(TypeError, match="enums of text"):
        Lifecycle(start=Number.ONE, moves={})


def test_the_documented_example_is_true():
    assert doctest.testmod(lifecycle).failed == 0
    assert doctest.testmod(lifecycle).attempted > 0
