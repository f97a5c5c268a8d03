"""`tael deduct`: take a charge from a wallet (扣費)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.deduct import deduct as charge
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("deduct")
@click.option("--wallet", type=NUMBER, required=True)
@amount_options
@click.option(
    "--from",
    "source",
    type=click.Choice(["liquid", "frozen"]),
    default="liquid",
    show_default=True,
    help="Locked money first, then free money; or money that was frozen.",
)
@click.option("--hold", type=NUMBER, help="The hold to capture.  [default: the oldest first]")
def deduct(
    call: Call, *, wallet: int, source: Literal["liquid", "frozen"], hold: int | None
) -> Receipt:
    """Take a charge from a wallet."""
    found = find_wallet(wallet)
    return charge(
        wallet=found,
        amount=call.amount(found.currency.code),
        source=source,
        hold=hold,
        instruction=call.instruction(),
    )
