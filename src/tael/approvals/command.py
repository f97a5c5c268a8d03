"""The acts that can be proposed: each package that has one says what it is and how it is carried out.

Source: peers-settlement-invest A36, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, NamedTuple

from tael.books import Instruction
from tael.refusal import Because, Refusal

Payload = Mapping[str, Any]
CarryOut = Callable[[Payload, Instruction, "Agreed"], Mapping[str, Any]]


class UnknownCommand(Refusal):
    """There is no act of this code that could be proposed."""

    code = "unknown_command"
    because: ClassVar[Because] = "absent"
    rule = "I32"
    remedy = "Use the code of an act that takes two people."


class Agreed(NamedTuple):
    """Which proposal is being carried out and who made it; the instruction's actor approved it."""

    proposal: int
    proposed_by: str


def nobody(_payload: Payload) -> int | None:
    """Name no customer: the act concerns the house alone."""
    return None


class Command(NamedTuple):
    """An act that can be proposed.

    Args:
        code: "settlement.adjust". title: what it is, for people (an English msgid).
        carry_out: does it, within the approval's transaction, judging everything anew; gives the outcome,
            plain JSON.
        concerns: names the customer whose money or terms it is about, who never decides about it.
        amounts: the fields of payload and ``before`` that are minor units.
    """

    code: str
    title: str
    carry_out: CarryOut
    concerns: Callable[[Payload], int | None] = nobody
    amounts: frozenset[str] = frozenset()


_commands: Final[dict[str, Command]] = {}


def register(command: Command) -> Command:
    """Make an act known; done once, where it is defined."""
    _commands[command.code] = command
    return command


def command_named(code: str) -> Command:
    """Give an act by its code.

    Raises:
        UnknownCommand: there is none.
    """
    found = _commands.get(code)
    if found is None:
        message = "There is no such act."
        raise UnknownCommand(
            message, field="command", there=code[:40], allowed=", ".join(commands())
        )
    return found


def commands() -> tuple[str, ...]:
    """List the codes of all acts that can be proposed."""
    return tuple(sorted(_commands))
