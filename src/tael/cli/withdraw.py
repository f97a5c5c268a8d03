"""`tael withdraw`: let money leave the site to a payee account (提現)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.withdraw import withdraw as pay_out

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("withdraw")
@click.option("--wallet", type=NUMBER, required=True)
@click.option("--payee", type=NUMBER, required=True, help="Payee account of the wallet's owner.")
@amount_options
@click.option(
    "--from",
    "source",
    type=click.Choice(["liquid", "frozen"]),
    default="liquid",
    show_default=True,
)
@click.option("--hold", type=NUMBER, help="The hold to capture.  [default: the oldest first]")
def withdraw(
    call: Call, *, wallet: int, payee: int, source: Literal["liquid", "frozen"], hold: int | None
) -> Receipt:
    """Let money leave at once; `tael withdrawal` is the way with a review."""
    found = find_wallet(wallet)
    return pay_out(
        wallet=found,
        amount=call.amount(found.currency.code),
        payee=payee,
        source=source,
        hold=hold,
        instruction=call.instruction(),
    )
