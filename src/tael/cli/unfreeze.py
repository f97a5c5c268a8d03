"""`tael unfreeze`: make frozen money liquid again (解凍)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.unfreeze import unfreeze as give_back
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("unfreeze")
@click.option("--wallet", type=NUMBER, required=True)
@amount_options
@click.option("--hold", type=NUMBER, help="The hold to release.  [default: the oldest first]")
def unfreeze(call: Call, *, wallet: int, hold: int | None) -> Receipt:
    """Make frozen money liquid again."""
    found = find_wallet(wallet)
    return give_back(
        wallet=found,
        amount=call.amount(found.currency.code),
        hold=hold,
        instruction=call.instruction(),
    )
