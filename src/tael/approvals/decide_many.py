"""Deciding about many proposals in one go: each for itself, with an outcome of its own.

Source: peers-settlement-invest, section 3.3 (bulk decide with per-row outcome).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from tael.approvals.proposal import Proposal, approve_proposal, refuse_proposal
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tael.books import Instruction

AT_ONCE: Final = 200


class TooManyProposals(Refusal):
    """More proposals were to be decided in one go than are taken."""

    code = "too_many_proposals"
    rule = "I32"
    remedy = "Decide about fewer at once."


class Outcome(NamedTuple):
    """What became of one proposal: as it stands after its decision, or why there was none."""

    number: int
    proposal: Proposal | None
    refusal: Refusal | None


def decide_many(
    *, numbers: Iterable[int], approve: bool, instruction: Instruction, reason: str = ""
) -> list[Outcome]:
    """Approve or refuse proposals, each in a transaction of its own; one that cannot be stops no other.

    Sent again under the same key, each gets its first answer.

    Args:
        numbers: at most 200; a number that is there twice counts once. reason: for refusing.

    Raises:
        TooManyProposals: nothing was decided.

    Source: A36; peers-settlement-invest, section 3.3.
    """
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > AT_ONCE:
        message = "These are too many proposals for one go."
        there, allowed = str(len(wanted)), f"at most {AT_ONCE}"
        raise TooManyProposals(message, field="proposals", there=there, allowed=allowed)
    outcomes = []
    for number in wanted:
        one = replace(instruction, key=f"{instruction.key[:200]}:{number}")
        try:
            if approve:
                decided = approve_proposal(number=number, instruction=one)
            else:
                decided = refuse_proposal(number=number, reason=reason, instruction=one)
            outcomes.append(Outcome(number, decided, None))
        except Refusal as refusal:
            outcomes.append(Outcome(number, None, refusal))
    return outcomes
