"""State machines as tables: one table makes the checks, the database rule and the diagram."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)


class MoveNotAllowed(Refusal):
    """The thing is in a state in which this cannot happen to it."""

    code = "move_not_allowed"
    because = "conflict"
    remedy = "Read its present state; somebody may have acted on it before."

    def __init__(self, *, state: str, event: str, allowed: tuple[str, ...]) -> None:
        """Say the state, the event that was asked for, and the events that it allows."""
        choice = ", ".join(allowed) or "nothing, this state is final"
        super().__init__(
            f"{event} is not possible in the state {state}",
            field="state",
            there=state,
            allowed=choice,
        )
        self.state, self.event, self.events = state, event, allowed


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[S, E]):
    """The states of a thing, the events that move it between them, and nothing else.

    Args:
        start: the state in which the thing comes to be.
        moves: (state, event) → next state; a pair that is not in the table is refused.
    Raises:
        TypeError: a state or event is no enum member with a text value.
        ValueError: a state in the table can never be reached from ``start``.

    >>> from enum import StrEnum
    >>> State = StrEnum("State", "OPEN DONE")
    >>> Event = StrEnum("Event", "FINISH")
    >>> life = Lifecycle(start=State.OPEN, moves={(State.OPEN, Event.FINISH): State.DONE})
    >>> life.after(State.OPEN, Event.FINISH).value, life.terminal(State.DONE)
    ('done', True)
    >>> life.check_sql("state")
    "state IN ('open', 'done')"
    """

    start: S
    moves: Mapping[tuple[S, E], S]

    def __post_init__(self) -> None:
        """Close the table and refuse one that contradicts itself."""
        object.__setattr__(self, "moves", MappingProxyType(dict(self.moves)))
        named: list[Enum] = [self.start, *self.moves.values()]
        for state, event in self.moves:
            named += [state, event]
        for member in named:
            if not isinstance(member, Enum) or not isinstance(member.value, str):
                raise TypeError(f"states and events are enums of text, not {member!r}")
        reached = self._reached()
        for state, _ in self.moves:
            if state not in reached:
                raise ValueError(f"nothing leads from {self.start} to {state}")

    def _reached(self) -> set[S]:
        reached, fresh = {self.start}, {self.start}
        while fresh:
            fresh = {to for (state, _), to in self.moves.items() if state in fresh} - reached
            reached |= fresh
        return reached

    @property
    def states(self) -> tuple[S, ...]:
        """Give the states of the table, in the order in which their enum declares them."""
        reached = self._reached()
        return tuple(state for state in type(self.start) if state in reached)

    def after(self, state: S, event: E) -> S:
        """Give the state that follows.

        Raises:
            MoveNotAllowed: the table has no such move.
        """
        following = self.moves.get((state, event))
        if following is None:
            allowed = tuple(str(each.value) for each in self.events_from(state))
            raise MoveNotAllowed(state=str(state.value), event=str(event.value), allowed=allowed)
        return following

    def events_from(self, state: S) -> tuple[E, ...]:
        """Give the events that a state allows, in the order of the table: a page's buttons."""
        return tuple(event for before, event in self.moves if before == state)

    def terminal(self, state: S) -> bool:
        """Tell whether nothing can happen any more."""
        return not self.events_from(state)

    def check_sql(self, column: str) -> str:
        """Give the condition for a database CHECK that lets only these states in.

        Raises:
            ValueError: the column is no plain SQL name.
        """
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", column):
            raise ValueError(f"not a plain column name: {column!r}")
        values = ", ".join("'" + str(state.value).replace("'", "''") + "'" for state in self.states)
        return f"{column} IN ({values})"

    def mermaid(self) -> str:
        """Give the table as a Mermaid state diagram, for the documentation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        for (before, event), following in self.moves.items():
            lines.append(f"    {before.value} --> {following.value}: {event.value}")
        lines += [f"    {state.value} --> [*]" for state in self.states if self.terminal(state)]
        return "\n".join(lines) + "\n"
