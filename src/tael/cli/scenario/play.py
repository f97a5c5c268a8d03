"""Carrying out a scenario on the database, by the same functions that the other doors call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.cli.scenario import accruals, claims, moves, payouts, remittances, settings, settlement
from tael.cli.scenario.read import ScenarioError
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story

VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    **settings.VERBS,
    **moves.VERBS,
    **settlement.VERBS,
    **accruals.VERBS,
    **remittances.VERBS,
    **payouts.VERBS,
    **claims.VERBS,
}


def play(steps: Iterable[Step], story: Story) -> None:
    """Carry out the steps one after the other.

    Raises:
        ScenarioError: a step cannot be understood, or did not go as it says.
    """
    for step in steps:
        _play(step, story)


def _play(step: Step, story: Story) -> None:
    verb = VERBS.get(step.verb)
    if verb is None:
        raise ScenarioError(step.place, f"there is no verb {step.verb}")
    story.begin_step()
    try:
        verb(story, step)
    except Refusal as refusal:
        if refusal.code == step.refusal:
            return
        message = f"{step.verb} is refused with {refusal.code}: {refusal.message}"
        raise ScenarioError(step.place, message) from refusal
    step.finish()
    if step.refusal is not None:
        raise ScenarioError(step.place, f"{step.verb} is not refused with {step.refusal}")
