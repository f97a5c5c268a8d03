"""The verbs of what happens to a business record after it was made: it is decided, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.settlement import day_in
from tael.cli.scenario.story import STAFF
from tael.money import parse_amount
from tael.settlement.records.accrual import confirm_accrual, fail_accrual
from tael.settlement.records.accrual_search import by_business_number
from tael.settlement.records.reversal import reverse_accrual

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story

DECISIONS: Final = {"finished": confirm_accrual, "cancelled": fail_accrual}


def service(story: Story, step: Step) -> None:
    """Say how a service in progress ended: `service taxi N2 finished`, `service taxi N3 cancelled`."""
    named = _named(step)
    how = step.word("how it ended")
    if how not in DECISIONS:
        raise ScenarioError(step.place, f"a service is {', '.join(DECISIONS)}, not {how}")
    DECISIONS[how](**named, actor=STAFF, at=story.now)


def revoke(story: Story, step: Step) -> None:
    """Take a record back: `revoke service WO-1 number=RV-1 day=2026-03-05`, a part with `amount=40.00`."""
    named = _named(step)
    text = step.fact("amount")
    unit = by_business_number(**named).account.currency if text else None
    reverse_accrual(
        source=named["source"],
        kind=named["kind"],
        reversed_number=named["number"],
        number=step.must("number"),
        amount=None if unit is None else parse_amount(text, unit),
        day=day_in(step, step.must("day")),
        actor=STAFF,
        at=story.now,
    )


def record_claims(step: Step) -> dict[str, str]:
    """Give what can be claimed of a record: `expect record service RV-1 amount=-100.00 reverses=WO-1`."""
    view = by_business_number(**_named(step))
    return {
        "amount": view.amount.text,
        "type": view.row.type,
        "state": view.row.state,
        "reverses": view.row.reversed_number or "none",
        "settled": "no" if view.row.bill is None else "yes",
        "left": view.left.text,
    }


def _named(step: Step) -> dict[str, str]:
    return {
        "source": step.fact("source", "shop"),
        "kind": step.word("the code of a kind"),
        "number": step.word("a business number"),
    }


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {"service": service, "revoke": revoke}
CLAIMS: Final[dict[str, Callable[[Step], dict[str, str]]]] = {"record": record_claims}
