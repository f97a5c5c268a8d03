"""`tael merchant`: merchant accounts and what stands on them."""

from __future__ import annotations

import click

from tael.cli import merchant_account, merchant_money, merchant_report


@click.group("merchant")
def merchant() -> None:
    """Open merchant accounts, agree on their terms, look at what is owed."""


for each in (
    *merchant_account.COMMANDS,
    *merchant_report.COMMANDS,
    *merchant_money.COMMANDS,
):
    merchant.add_command(each)
