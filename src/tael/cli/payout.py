"""`tael payout`: merchants' withdrawals (商戶提現) and the rules for automatic ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.merchant_withdrawal_shapes import (
    explained_out,
    merchant_withdrawal_out,
    reason_out,
)
from tael.api.v1.payout_rules import looked_out, rule_out
from tael.api.wire import money_out
from tael.approvals.proposal import Proposal
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.cli.list_file import Saved, saved_option
from tael.documents.payout_lists import RULES, WITHDRAWALS
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.paying import bounce_payout, set_flow_number
from tael.settlement.payouts.payout_explained import payout_explained
from tael.settlement.payouts.payout_hold import hold_payout, release_payout
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.payout_rule_search import RulesWanted, payout_rules
from tael.settlement.payouts.qualification import judge
from tael.settlement.payouts.withdrawal import apply_merchant_withdrawal, cancel_merchant_withdrawal
from tael.settlement.payouts.withdrawal_search import (
    PAYOUT_STATES,
    TRADE_STATES,
    WAYS,
    WithdrawalsWanted,
    merchant_withdrawals,
    seen,
    withdrawal_seen,
    withdrawal_totals,
)

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.settlement.payouts.withdrawal import MerchantWithdrawal

COLUMNS: Final = (
    "number",
    "account",
    "way",
    "amount",
    "fee",
    "net",
    "trade_state",
    "payout_state",
    "flow_number",
    "applied_at",
)
RULE_COLUMNS: Final = (
    "account",
    "active",
    "schedule",
    "day",
    "trigger",
    "keep_back",
    "cap",
    "payee",
    "held",
)
RUN_COLUMNS: Final = (
    "account",
    "occasion",
    "outcome",
    "held",
    "amount",
    "net",
    "withdrawal",
    "why",
)
Done = tuple[None, dict[str, Any]]


@click.group("payout")
def payout() -> None:
    """Pay merchants out: applications, what holds them up, and rules that apply by themselves."""


@payout.add_command
@command("list")
@click.option("--account", type=NUMBER)
@click.option("--owner", type=NUMBER, help="The merchant's number as a customer.")
@click.option("--way", type=click.Choice(WAYS))
@click.option("--trade", type=click.Choice(TRADE_STATES))
@click.option(
    "--payout", "money", type=click.Choice(["open", *PAYOUT_STATES]), help="open: on its way."
)
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    account: int | None,
    owner: int | None,
    way: str | None,
    trade: str | None,
    money: str | None,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List merchants' withdrawals, newest first."""
    wanted = WithdrawalsWanted(
        account=account, owner=owner, way=way or "", trade=trade or "", payout=money or ""
    )
    if saved.wanted:
        return saved.of(WITHDRAWALS, wanted)
    rows = merchant_withdrawals(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    totals = {f"total {one.currency}": money_out(one.amount) for one in withdrawal_totals(wanted)}
    return Listing(COLUMNS, [merchant_withdrawal_out(one) for one in rows], more, totals)


@payout.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one withdrawal."""
    return Facts(merchant_withdrawal_out(withdrawal_seen(number)))


@payout.add_command
@command("explain")
@click.argument("number", type=NUMBER)
def explain(_call: Call, *, number: int) -> Facts:
    """Explain a payout to the cent: what was there after the last one, what came and went since, what is left."""
    return Facts(explained_out(payout_explained(withdrawal_seen(number), limit=1)))


@payout.add_command
@command("quote")
@click.argument("account", type=NUMBER)
@click.option("--amount", help="In the account's currency.  [default: all of it]")
@click.option("--payee", type=NUMBER)
def quote(_call: Call, *, account: int, amount: str | None, payee: int | None) -> Facts:
    """Say what a withdrawal would be, and every reason against it."""
    found = merchant_account(account)
    wanted = None if amount is None else parse_amount(amount, found.currency)
    judged = judge(found, terms_in_force(account), amount=wanted, payee=payee)
    return Facts(
        {
            "account": account,
            "amount": money_out(judged.amount),
            "fee": money_out(judged.fee),
            "net": money_out(judged.net),
            "left": money_out(judged.left),
            "qualified": not judged.refusals,
            "reasons": [reason_out(one) for one in judged.refusals],
        }
    )


@payout.add_command
@operation("apply")
@click.argument("account", type=NUMBER)
@click.option("--amount", required=True, help="In the account's currency.")
@click.option("--payee", type=NUMBER, required=True, help="Payee account of the merchant.")
def apply(call: Call, *, account: int, payee: int) -> Done:
    """Apply for a merchant: the amount leaves his account now and is paid later."""
    found = merchant_account(account)
    made = apply_merchant_withdrawal(
        account=found,
        amount=parse_amount(call.asked[0], found.currency),
        payee=payee,
        instruction=call.instruction(),
    )
    return _done(made.withdrawal)


@payout.add_command
@operation("cancel")
@click.argument("number", type=NUMBER)
@click.option("--reason", default="")
def cancel(call: Call, *, number: int, reason: str) -> Done:
    """Cancel a withdrawal that is in no batch: the money is on the account again."""
    return _done(
        cancel_merchant_withdrawal(number=number, reason=reason, instruction=call.instruction())
    )


@payout.add_command
@operation("hold")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def hold(call: Call, *, number: int, reason: str) -> Done:
    """Keep a withdrawal from being paid while somebody looks into it."""
    return _done(hold_payout(number=number, reason=reason, instruction=call.instruction()))


@payout.add_command
@operation("release")
@click.argument("number", type=NUMBER)
def release(call: Call, *, number: int) -> Done:
    """Let a held withdrawal be paid."""
    return _done(release_payout(number=number, instruction=call.instruction()))


@payout.add_command
@operation("flow-number")
@click.argument("number", type=NUMBER)
@click.argument("flow_number")
def flow_number(call: Call, *, number: int, flow_number: str) -> Done:
    """Give what was paid the bank's number: the withdrawal has succeeded."""
    return _done(
        set_flow_number(number=number, flow_number=flow_number, instruction=call.instruction())
    )


@payout.add_command
@operation("bounce")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def bounce(call: Call, *, number: int, reason: str) -> Done:
    """Say that the bank gave back what it had paid: the net amount is on the account again."""
    return _done(bounce_payout(number=number, reason=reason, instruction=call.instruction()))


@payout.add_command
@command("rules")
@click.option("--account", type=NUMBER)
@click.option("--owner", type=NUMBER, help="The merchant's number as a customer.")
@click.option("--after", type=NUMBER, help="Those of accounts above this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def rules(
    _call: Call,
    *,
    account: int | None,
    owner: int | None,
    after: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List the rules for automatic withdrawal that are in force, by account."""
    wanted = RulesWanted(account=account, owner=owner)
    if saved.wanted:
        return saved.of(RULES, wanted)
    rows = payout_rules(wanted, after=after, limit=limit)
    more = f"--after {rows[-1].account.number}" if len(rows) == limit else ""
    return Listing(RULE_COLUMNS, [rule_out(one) for one in rows], more)


@payout.add_command
@operation("set-rule")
@click.argument("account", type=NUMBER)
@click.option("--payee", type=NUMBER, required=True, help="Payee account of the merchant.")
@click.option("--schedule", type=click.Choice(["day", "week", "month"]), default="month")
@click.option("--day", type=int, default=1, show_default=True, help="Of the month or the week.")
@click.option("--trigger", default="0", help="Only above this amount.")
@click.option("--keep-back", default="0", help="What stays on the account.")
@click.option("--cap", help="At most so much at once.")
@click.option("--off", is_flag=True, help="Switch it off.")
def set_rule(
    call: Call,
    *,
    account: int,
    payee: int,
    schedule: str,
    day: int,
    trigger: str,
    keep_back: str,
    cap: str | None,
    off: bool,
) -> Done:
    """Set when an account is paid out by itself; above the operator's limit it waits for a second person."""
    found = merchant_account(account)

    def minor(text: str, field: str) -> int:
        return parse_amount(text, found.currency, field=field, allow_zero=True).minor

    rule = AccountRule(
        payee=payee,
        active=not off,
        schedule=schedule,
        day=day,
        trigger=minor(trigger, "trigger"),
        keep_back=minor(keep_back, "keep_back"),
        cap=None if cap is None else minor(cap, "cap"),
    )
    made = set_payout_rule(account=found, rule=rule, instruction=call.instruction())
    if isinstance(made, Proposal):
        return None, {"account": account, "proposal": made.pk}
    (one,) = payout_rules(RulesWanted(account=account))
    return None, rule_out(one)


@payout.add_command
@command("run")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and why not.")
def run(call: Call, *, dry_run: bool) -> Listing:
    """Pay out every account whose rule is on and has not acted on its newest occasion."""
    done = run_automatic(at=call.at, actor=call.actor, dry_run=dry_run)
    rows = sorted(
        [*done.applied, *done.parked, *done.used, *done.early], key=lambda one: one.account.number
    )
    written = [
        looked_out(one) | {"why": "; ".join(refusal.message for refusal in one.refusals)}
        for one in rows
    ]
    return Listing(RUN_COLUMNS, written, "")


def _done(row: MerchantWithdrawal) -> Done:
    (one,) = seen([row])
    return None, merchant_withdrawal_out(one)
