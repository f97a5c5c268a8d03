"""`tael recharge`: bring money into a wallet (充值)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.recharge import recharge as bring_in
from tael.wallet.recharge import recharge_customer
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("recharge")
@click.option("--wallet", type=NUMBER, help="Into this wallet.")
@click.option(
    "--owner", type=NUMBER, help="Into this customer's default wallet, opened if need be."
)
@amount_options
@click.option("--spend-only", is_flag=True, help="The money may be consumed and never leave.")
def recharge(call: Call, *, wallet: int | None, owner: int | None, spend_only: bool) -> Receipt:
    """Bring money into a wallet."""
    if (wallet is None) == (owner is None):
        raise click.UsageError("Name the wallet or its owner: --wallet 100001, or --owner 10012.")
    if owner is not None:
        return recharge_customer(
            owner=owner,
            amount=call.amount(),
            spend_only=spend_only,
            instruction=call.instruction(),
        )
    found = find_wallet(wallet or 0)
    return bring_in(
        wallet=found,
        amount=call.amount(found.currency.code),
        spend_only=spend_only,
        instruction=call.instruction(),
    )
