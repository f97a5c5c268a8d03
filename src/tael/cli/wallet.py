"""`tael wallet`: wallets (資金賬戶) and their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.wallets import wallet_detail_out, wallet_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.wallet import queries
from tael.wallet.wallet import DEFAULT, disable_wallet, enable_wallet, open_wallet
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = (
    "number",
    "owner",
    "currency",
    "name",
    "figures.liquid",
    "figures.locked",
    "figures.frozen",
    "figures.withdrawable",
)


@click.group("wallet")
def wallet() -> None:
    """Open wallets, see them, switch them off and on."""


@wallet.add_command
@command("list")
@click.option("--owner", type=NUMBER, help="Of this customer only.")
@click.option("--currency", help="Of this currency only.")
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call, *, owner: int | None, currency: str | None, after: int | None, limit: int
) -> Listing:
    """List wallets with their figures."""
    found = queries.wallets(owner=owner, currency=currency, after=after or 0, limit=limit)
    more = f"--after {found[-1].wallet.number}" if len(found) == limit else ""
    return Listing(COLUMNS, [wallet_out(view) for view in found], more)


@wallet.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one wallet."""
    return Facts(wallet_detail_out(find_wallet(number, field="number")))


@wallet.add_command
@command("open")
@click.option("--owner", type=NUMBER, required=True, help="The customer's number.")
@click.option("--currency", required=True, help="Its code, such as CNY.")
@click.option("--name", default=DEFAULT, show_default=True)
def opening(call: Call, *, owner: int, currency: str, name: str) -> Facts:
    """Open a wallet, or show the one that is there already."""
    opened = open_wallet(owner=owner, currency=currency, name=name, actor=call.actor, at=call.at)
    return Facts(wallet_detail_out(opened))


@wallet.add_command
@command("disable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def disable(call: Call, *, number: int, reason: str) -> Facts:
    """Switch a wallet off: nothing goes in or out."""
    found = find_wallet(number, field="number")
    disable_wallet(wallet=found, reason=reason, actor=call.actor, at=call.at)
    return Facts(wallet_detail_out(found))


@wallet.add_command
@command("enable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def enable(call: Call, *, number: int, reason: str) -> Facts:
    """Switch a wallet on again."""
    found = find_wallet(number, field="number")
    enable_wallet(wallet=found, reason=reason, actor=call.actor, at=call.at)
    return Facts(wallet_detail_out(found))
