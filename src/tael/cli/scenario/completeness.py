"""The verbs of the completeness check: what a business system lists, and the check of its days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import STAFF
from tael.settlement.completeness.completeness import check_day
from tael.settlement.completeness.completeness_search import DaysWanted, completeness_days
from tael.settlement.records.listed_act import Listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story


def lists(story: Story, step: Step) -> None:
    """Let the business system have an act: `lists 500001 service 100.00 number=N1 day=2026-03-10`.

    Further facts as a list has them: `state=pending`, `reversed_number=N0`.
    """
    account, kind, amount = (step.word(name) for name in ("an account", "a kind", "an amount"))
    facts = {"account": account, "kind": kind, "amount": amount, **step.rest()}
    story.listed.append(facts)


def check(story: Story, step: Step) -> None:
    """Check a day of a source: `check shop 2026-03-10`."""
    source, day = step.word("the code of a source"), _day(step, step.word("a day"))
    acts = [
        Listed(f"line {place}", facts)
        for place, facts in enumerate(story.listed, 1)
        if facts.get("day") == day.isoformat()
    ]
    check_day(source=source, day=day, listed=acts, actor=STAFF, at=story.now)


def claims(step: Step) -> dict[str, str]:
    """Give what can be claimed of a day: `expect completeness shop 2026-03-10 recorded=3 acts=3 added=1`."""
    source, day = step.word("the code of a source"), _day(step, step.word("a day"))
    found = completeness_days(DaysWanted(source=source, since=day, until=day))
    if not found:
        return {}
    row = found[0]
    return {name: str(getattr(row, name)) for name in ("acts", "recorded", "added", "cases")}


def _day(step: Step, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(step.place, f"{text} is no day") from error


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {"lists": lists, "check": check}
