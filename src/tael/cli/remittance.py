"""`tael remittance`: what either side has paid (打款記錄) is declared, confirmed, disputed, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.remittances import remittance_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import REMITTANCES
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.remittances import remittance as remitting
from tael.settlement.remittances.paid_on import parse_paid_on
from tael.settlement.remittances.remittance_search import (
    RemittancesWanted,
    remittance_totals,
    remittances,
    view_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.call import Call
    from tael.settlement.remittances.remittance import Remitted, Side

COLUMNS: Final = (
    "number",
    "account",
    "payer",
    "amount",
    "channel",
    "flow_number",
    "paid_on",
    "state",
)
SIDES: Final = click.Choice(["merchant", "platform"])
STATES: Final = click.Choice(["declared", "confirmed", "disputed", "withdrawn", "expired"])
Done = tuple[None, dict[str, Any]]


def side_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --side."""
    asked = click.option(
        "--side", type=SIDES, default="platform", show_default=True, help="For whom you speak."
    )
    return asked(function)


@click.group("remittance")
def remittance() -> None:
    """Declare payments between merchants and the platform, and confirm or dispute them."""


@remittance.add_command
@command("list")
@click.option("--account", type=NUMBER)
@click.option("--owner", type=NUMBER, help="The merchant's number as a customer.")
@click.option("--payer", type=SIDES)
@click.option("--state", type=STATES)
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    account: int | None,
    owner: int | None,
    payer: str | None,
    state: str | None,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List remittances, newest first."""
    wanted = RemittancesWanted(account=account, owner=owner, payer=payer or "", state=state or "")
    if saved.wanted:
        return saved.of(REMITTANCES, wanted)
    rows = remittances(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    totals = {
        f"total {one.by_merchants.currency.code}": {
            "by_merchants": money_out(one.by_merchants),
            "by_platform": money_out(one.by_platform),
        }
        for one in remittance_totals(wanted)
    }
    return Listing(COLUMNS, [remittance_out(view) for view in rows], more, totals)


@remittance.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one remittance."""
    return Facts(remittance_out(view_of(remitting.remittance(number))))


@remittance.add_command
@operation("declare", channel="")
@click.argument("account", type=NUMBER)
@click.option("--amount", required=True, help="In the account's currency.")
@click.option("--flow-number", required=True, help="The bank's own number of the payment.")
@click.option("--paid-on", required=True, help="A day, as 2026-03-01.")
@click.option("--note", default="")
@side_option
def declare(
    call: Call,
    *,
    account: int,
    flow_number: str,
    paid_on: str,
    note: str,
    side: Side,
) -> Done:
    """Say that one side has paid the other, over --channel; no account moves yet."""
    found = merchant_account(account)
    done = remitting.declare_remittance(
        account=found,
        side=side,
        amount=parse_amount(call.asked[0], found.currency),
        channel=call.word("channel"),
        flow_number=flow_number,
        paid_on=parse_paid_on(paid_on),
        note=note,
        instruction=call.instruction(channel="Admin"),
    )
    return _done(done)


@remittance.add_command
@operation("confirm")
@click.argument("number", type=NUMBER)
@side_option
def confirm(call: Call, *, number: int, side: Side) -> Done:
    """Confirm, for the side that was paid, that the money has come: the account moves."""
    return _done(
        remitting.confirm_remittance(number=number, side=side, instruction=call.instruction())
    )


@remittance.add_command
@operation("dispute")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
@side_option
def dispute(call: Call, *, number: int, reason: str, side: Side) -> Done:
    """Say, for the side that should have been paid, that the money has not come."""
    return _done(
        remitting.dispute_remittance(
            number=number, side=side, reason=reason, instruction=call.instruction()
        )
    )


@remittance.add_command
@operation("withdraw")
@click.argument("number", type=NUMBER)
@side_option
def withdraw(call: Call, *, number: int, side: Side) -> Done:
    """Take back what the side itself has declared."""
    return _done(
        remitting.withdraw_remittance(number=number, side=side, instruction=call.instruction())
    )


def _done(done: Remitted) -> Done:
    return None, remittance_out(view_of(done.remittance)) | {"replayed": done.replayed}
