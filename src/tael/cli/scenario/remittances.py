"""The verbs of what merchants and the platform pay each other: declared, confirmed, disputed, collected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import number_in
from tael.money import parse_amount
from tael.parties import actor as actors
from tael.settlement.accounts.merchant_account import account_from, merchant_account
from tael.settlement.remittances.collection import collect_debt
from tael.settlement.remittances.paid_on import parse_paid_on
from tael.settlement.remittances.remittance import (
    confirm_remittance,
    declare_remittance,
    dispute_remittance,
    withdraw_remittance,
)
from tael.settlement.remittances.remittance import remittance as find_remittance

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story
    from tael.settlement.remittances.remittance import Side

CHECKER: Final = "user:10001"


def remit(story: Story, step: Step) -> None:
    """Say that a side has paid: `remit 500001 80.00 side=merchant flow=F1 channel=Alipay as=r1`.

    The day of the payment is the story's, unless `paid=2026-03-01` says another.
    """
    account = merchant_account(number_in(step, step.word("the number of a merchant account")))
    amount = parse_amount(step.word("an amount"), account.currency)
    side = _side(step, step.must("side"))
    channel = step.must("channel")
    done = declare_remittance(
        account=account,
        side=side,
        amount=amount,
        channel=channel,
        flow_number=step.must("flow"),
        paid_on=parse_paid_on(step.fact("paid", story.now.date().isoformat())),
        instruction=story.instruction(step, channel=channel),
    )
    story.name_it(step, done.remittance.pk)


def receipt(story: Story, step: Step) -> None:
    """Answer for a side: `receipt confirmed r1 side=platform`, `receipt disputed r1 side=merchant reason="none came"`.

    `receipt withdrawn r1 side=merchant` takes back what the side itself has declared.
    """
    verdict = step.word("confirmed, disputed or withdrawn")
    number = story.called(step, step.word("the name of a remittance"))
    side = _side(step, step.must("side"))
    owner = account_from(find_remittance(number).account).owner
    usual = actors.of_customer(owner) if side == "merchant" else CHECKER
    told = replace(story.instruction(step), actor=step.fact("by", usual))
    if verdict == "confirmed":
        confirm_remittance(number=number, side=side, instruction=told)
    elif verdict == "disputed":
        reason = step.must("reason")
        dispute_remittance(number=number, side=side, reason=reason, instruction=told)
    elif verdict == "withdrawn":
        withdraw_remittance(number=number, side=side, instruction=told)
    else:
        raise ScenarioError(step.place, "a receipt is confirmed, disputed or withdrawn")


def collect(story: Story, step: Step) -> None:
    """Take what a merchant owes from the wallet of his terms: `collect 500001`."""
    account = merchant_account(number_in(step, step.word("the number of a merchant account")))
    collect_debt(account=account, instruction=story.instruction(step))


def state_of(number: int) -> str:
    """Tell where a remittance stands: `expect remittance r1 state=confirmed`."""
    return str(find_remittance(number).state)


def _side(step: Step, text: str) -> Side:
    if text not in {"merchant", "platform"}:
        raise ScenarioError(step.place, f"{text} is no side: merchant or platform")
    return text  # type: ignore[return-value]  # one of the two


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "remit": remit,
    "receipt": receipt,
    "collect": collect,
}
