"""`tael exchange`: from one currency into another, points included (兌換)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import NUMBER, amount_options, operation
from tael.wallet.exchange import exchange as change
from tael.wallet.exchange import exchange_into
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("exchange", channel="System")
@click.option("--wallet", type=NUMBER, required=True, help="That gives.")
@click.option("--to-wallet", type=NUMBER, help="That gets.")
@click.option("--into", help="Currency of the owner's default wallet that gets, such as POINT.")
@amount_options
@click.option("--spend-only", is_flag=True, help="What arrives may be consumed and never leave.")
@click.option("--quote", type=NUMBER, help="A quote made for this exchange.")
def exchange(
    call: Call,
    *,
    wallet: int,
    to_wallet: int | None,
    into: str | None,
    spend_only: bool,
    quote: int | None,
) -> Receipt:
    """Exchange at the rate in force; --amount is what is given."""
    if (to_wallet is None) == (into is None):
        raise click.UsageError("Say into what: --to-wallet 100002, or --into POINT.")
    if into is not None and quote is not None:
        raise click.UsageError("A quote is for two wallets: --to-wallet with --quote.")
    source = find_wallet(wallet)
    amount = call.amount(source.currency.code)
    if into is not None:
        return exchange_into(
            source=source,
            currency=into,
            amount=amount,
            spend_only=spend_only,
            instruction=call.instruction(),
        )
    return change(
        source=source,
        target=find_wallet(to_wallet or 0, field="to_wallet"),
        amount=amount,
        quote=quote,
        spend_only=spend_only,
        instruction=call.instruction(),
    )
