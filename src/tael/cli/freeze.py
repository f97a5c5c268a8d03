"""`tael freeze`: set money aside in a wallet (凍結)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import MOMENT, NUMBER, amount_options, operation
from tael.wallet.freeze import freeze as set_aside
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("freeze")
@click.option("--wallet", type=NUMBER, required=True)
@amount_options
@click.option("--reason", default="", help="What it is for.")
@click.option("--until", type=MOMENT, help="From then on the rest goes back.  [default: never]")
def freeze(call: Call, *, wallet: int, reason: str, until: datetime | None) -> Receipt:
    """Set money aside; the answer names the hold."""
    found = find_wallet(wallet)
    return set_aside(
        wallet=found,
        amount=call.amount(found.currency.code),
        reason=reason,
        expires_at=until,
        instruction=call.instruction(),
    )
