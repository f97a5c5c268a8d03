"""`tael transfer`: move money to another wallet of the site (轉賬)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.transfer import transfer as move
from tael.wallet.transfer import transfer_to_customer
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("transfer", channel="System")
@click.option("--wallet", type=NUMBER, required=True, help="That gives.")
@click.option("--to-wallet", type=NUMBER, help="That gets.")
@click.option("--to", type=NUMBER, help="Customer whose default wallet gets, opened if need be.")
@amount_options
def transfer(call: Call, *, wallet: int, to_wallet: int | None, to: int | None) -> Receipt:
    """Move money to another wallet of the same currency."""
    if (to_wallet is None) == (to is None):
        raise click.UsageError("Say to whom: --to-wallet 100002, or --to 10012.")
    source = find_wallet(wallet)
    amount = call.amount(source.currency.code)
    if to is not None:
        return transfer_to_customer(
            source=source, to=to, amount=amount, instruction=call.instruction()
        )
    target = find_wallet(to_wallet or 0, field="to_wallet")
    return move(source=source, target=target, amount=amount, instruction=call.instruction())
