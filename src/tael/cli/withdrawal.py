"""`tael withdrawal`: reviewed withdrawal (審核提現), applied for and decided by another person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.check_limits import limit_out, read_limit
from tael.api.v1.withdrawals import withdrawal_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, amount_options, command, operation
from tael.payouts import queries
from tael.payouts.check_limit import set_check_limit
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.withdrawal import (
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    confirm_withdrawal,
    refuse_withdrawal,
)
from tael.payouts.withdrawal import withdrawal as find_withdrawal
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.payouts.withdrawal import AppliedWithdrawal
    from tael.wallet.receipt import Receipt

COLUMNS: Final = (
    "number",
    "wallet",
    "owner",
    "payee",
    "amount",
    "state",
    "applied_at",
    "decided_at",
    "reason",
)
LIMIT_COLUMNS: Final = ("currency", "amount", "set_at")
Decided = tuple["Receipt | None", dict[str, Any]]


@click.group("withdrawal")
def withdrawal() -> None:
    """Apply for withdrawals, review them."""


@withdrawal.add_command
@command("list")
@click.option("--state", type=click.Choice([state.value for state in WithdrawalState]))
@click.option("--owner", type=NUMBER, help="Of this customer only.")
@click.option("--wallet", type=NUMBER, help="Of this wallet only.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call,
    *,
    state: str | None,
    owner: int | None,
    wallet: int | None,
    before: int | None,
    limit: int,
) -> Listing:
    """List applications, newest first."""
    wanted = None if state is None else WithdrawalState(state)
    rows = queries.withdrawals(state=wanted, owner=owner, wallet=wallet, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [withdrawal_out(row) for row in rows], more)


@withdrawal.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one application."""
    return Facts(withdrawal_out(find_withdrawal(number)))


@withdrawal.add_command
@operation("apply", channel="System")
@click.option("--wallet", type=NUMBER, required=True)
@click.option("--payee", type=NUMBER, required=True, help="Payee account of the wallet's owner.")
@amount_options
def apply(call: Call, *, wallet: int, payee: int) -> Decided:
    """Apply: the money is set aside until somebody decides."""
    found = find_wallet(wallet)
    return _decided(
        apply_withdrawal(
            wallet=found,
            amount=call.amount(found.currency.code),
            payee=payee,
            instruction=call.instruction(),
        )
    )


@withdrawal.add_command
@operation("approve")
@click.argument("number", type=NUMBER)
@click.option("--payee", type=NUMBER, help="Needed where the application names none.")
def approve(call: Call, *, number: int, payee: int | None) -> Decided:
    """Approve an application of somebody else: the money leaves, or waits for a second person."""
    return _decided(approve_withdrawal(number=number, payee=payee, instruction=call.instruction()))


@withdrawal.add_command
@operation("confirm")
@click.argument("number", type=NUMBER)
def confirm(call: Call, *, number: int) -> Decided:
    """Confirm, as a third person, what is above the check limit and was approved: the money leaves."""
    return _decided(confirm_withdrawal(number=number, instruction=call.instruction()))


@withdrawal.add_command
@operation("refuse")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def refuse(call: Call, *, number: int, reason: str) -> Decided:
    """Refuse an application of somebody else: the money is liquid again."""
    return _decided(refuse_withdrawal(number=number, reason=reason, instruction=call.instruction()))


@withdrawal.add_command
@operation("cancel", channel="System")
@click.argument("number", type=NUMBER)
def cancel(call: Call, *, number: int) -> Decided:
    """Cancel an application for the customer who made it."""
    owner = find_withdrawal(number).owner
    return _decided(cancel_withdrawal(number=number, owner=owner, instruction=call.instruction()))


@withdrawal.add_command
@command("limits")
def limits(_call: Call) -> Listing:
    """List above which amounts a second person confirms."""
    return Listing(LIMIT_COLUMNS, [limit_out(row) for row in queries.check_limits()])


@withdrawal.add_command
@command("set-limit")
@click.argument("currency")
@click.option("--amount", help="0 asks for two people every time.  [default: no limit]")
def set_limit(call: Call, *, currency: str, amount: str | None) -> Facts:
    """Set above which amount a second person confirms withdrawals."""
    bound = None if amount is None else read_limit(amount, currency)
    set_check_limit(currency=currency, amount=bound, actor=call.actor, at=call.at)
    return Facts({"currency": currency, "amount": None if bound is None else money_out(bound)})


def _decided(done: AppliedWithdrawal) -> Decided:
    row = done.withdrawal
    return done.receipt, {"application": row.pk, "state": row.state}
