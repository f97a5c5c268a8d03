"""`tael hold`: what has been frozen, and what became of it (凍結)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.holds import hold_out
from tael.api.wire import moment_out, money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.wallet import queries
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("number", "state", "amount", "rest", "opened_at", "expires_at", "reason")


@click.group("hold")
def hold() -> None:
    """See holds. `tael freeze` makes one, `tael deduct`, `withdraw` and `unfreeze` draw on it."""


@hold.add_command
@command("list")
@click.option("--wallet", type=NUMBER, required=True)
@click.option("--open", "only_open", is_flag=True, help="Those that are open only.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call, *, wallet: int, only_open: bool, before: int | None, limit: int
) -> Listing:
    """List a wallet's holds, newest first."""
    found = find_wallet(wallet)
    rows = queries.holds(found, only_open=only_open, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [hold_out(row, found) for row in rows], more)


@hold.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one hold with its history."""
    row = queries.hold(number)
    found = find_wallet(row.wallet_id)
    moves: list[dict[str, Any]] = [
        {
            "event": move.event,
            "amount": money_out(found.money(move.amount)),
            "flow": move.entry,
            "at": moment_out(move.at),
        }
        for move in queries.hold_moves(row)
    ]
    return Facts(hold_out(row, found) | {"moves": moves})
