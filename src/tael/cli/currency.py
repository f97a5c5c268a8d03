"""`tael currency`: the currencies (貨幣) and points that are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import click

from tael import books
from tael.api.v1.shapes import currency_out
from tael.channels import queries
from tael.channels.currency import (
    add_currency,
    add_iso_currency,
    disable_currency,
    enable_currency,
)
from tael.cli.answer import Facts, Listing
from tael.cli.call import command

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("code", "name", "exponent", "kind", "enabled")


@click.group("currency")
def currency() -> None:
    """See currencies, take them into use, switch them off and on."""


@currency.add_command
@command("list")
def listing(_call: Call) -> Listing:
    """List the currencies."""
    return Listing(COLUMNS, [currency_out(state) for state in queries.currencies()])


@currency.add_command
@command("add")
@click.argument("code")
@click.option("--exponent", type=click.IntRange(0, 8), help="Decimals, of a currency of your own.")
@click.option("--kind", type=click.Choice(["money", "points"]), default="money", show_default=True)
@click.option("--name", help="Needed for a currency of your own.")
def add(
    call: Call,
    *,
    code: str,
    exponent: int | None,
    kind: Literal["money", "points"],
    name: str | None,
) -> Facts:
    """Take a currency of ISO 4217 into use by its code, or one of your own with --exponent."""
    if exponent is None:
        add_iso_currency(code=code, actor=call.actor, at=call.at)
    else:
        add_currency(
            code=code,
            exponent=exponent,
            kind=kind,
            name=name or code,
            actor=call.actor,
            at=call.at,
        )
    return _shown(code)


@currency.add_command
@command("disable")
@click.argument("code")
def disable(call: Call, *, code: str) -> Facts:
    """Refuse operations in a currency. Balances stay as they are."""
    disable_currency(code=code, actor=call.actor, at=call.at)
    return _shown(code)


@currency.add_command
@command("enable")
@click.argument("code")
def enable(call: Call, *, code: str) -> Facts:
    """Let operations in a currency go on."""
    enable_currency(code=code, actor=call.actor, at=call.at)
    return _shown(code)


def _shown(code: str) -> Facts:
    return Facts(currency_out(books.currencies()[code]))
