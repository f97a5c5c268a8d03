"""The verb of merchants' withdrawals: applied for, exported, paid or not, cancelled; and of rules that apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import number_in
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.lifecycles import PayoutEvent
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.paying import (
    Failed,
    Paid,
    fail_payouts,
    move_payouts,
    pay_payouts,
    set_flow_number,
)
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.withdrawal import (
    apply_merchant_withdrawal,
    cancel_merchant_withdrawal,
    merchant_withdrawal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story
    from tael.settlement.accounts.merchant_account import MerchantAccount


def payout(story: Story, step: Step) -> None:
    """Do what the second word says: `payout apply 500001 200.00 payee=bank as=p1`.

    `payout export p1`, `payout paid p1 channel=Alipay [flow=F1]`, `payout flow p1 F1`,
    `payout failed p1 "no such account"`, `payout cancel p1`,
    `payout rule 500001 payee=bank schedule=day keep=30.00`, `payout run`.
    """
    word = step.word("what is done")
    if word not in ACTS:
        raise ScenarioError(step.place, f"a payout is not {word}; it is: {', '.join(ACTS)}")
    ACTS[word](story, step)


def payout_state(number: int) -> str:
    """Give the two states of a withdrawal: "applying waiting"."""
    row = merchant_withdrawal(number)
    return f"{row.trade_state} {row.payout_state}"


def _apply(story: Story, step: Step) -> None:
    account = _account(step)
    amount = parse_amount(step.word("an amount"), account.currency)
    payee = story.called(step, step.must("payee"))
    made = apply_merchant_withdrawal(
        account=account, amount=amount, payee=payee, instruction=story.instruction(step)
    )
    story.name_it(step, made.withdrawal.pk)


def _export(story: Story, step: Step) -> None:
    number = _named(story, step)
    move_payouts([number], PayoutEvent.BATCH)
    move_payouts([number], PayoutEvent.EXPORT)


def _paid(story: Story, step: Step) -> None:
    number, channel = _named(story, step), step.must("channel")
    told = Paid(number, channel, story.now.date(), step.fact("flow") or None)
    pay_payouts([told], instruction=story.instruction(step, channel=channel))


def _flow(story: Story, step: Step) -> None:
    number, flow = _named(story, step), step.word("the bank's number")
    set_flow_number(number=number, flow_number=flow, instruction=story.instruction(step))


def _failed(story: Story, step: Step) -> None:
    told = Failed(_named(story, step), step.word("a reason"))
    fail_payouts([told], instruction=story.instruction(step))


def _cancel(story: Story, step: Step) -> None:
    number = _named(story, step)
    cancel_merchant_withdrawal(number=number, instruction=story.instruction(step))


def _rule(story: Story, step: Step) -> None:
    account = _account(step)
    keep = parse_amount(step.fact("keep", "0"), account.currency, allow_zero=True)
    rule = AccountRule(
        payee=story.called(step, step.must("payee")),
        schedule=step.fact("schedule", "month"),
        keep_back=keep.minor,
    )
    set_payout_rule(account=account, rule=rule, instruction=story.instruction(step))


def _run(story: Story, _step: Step) -> None:
    run_automatic(at=story.now)


def _account(step: Step) -> MerchantAccount:
    return merchant_account(number_in(step, step.word("the number of a merchant account")))


def _named(story: Story, step: Step) -> int:
    return story.called(step, step.word("the name of a withdrawal"))


ACTS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "apply": _apply,
    "export": _export,
    "paid": _paid,
    "flow": _flow,
    "failed": _failed,
    "cancel": _cancel,
    "rule": _rule,
    "run": _run,
}
VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {"payout": payout}
