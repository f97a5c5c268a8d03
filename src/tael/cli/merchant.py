"""`tael merchant`: merchant accounts and what stands on them."""

from __future__ import annotations

import click

from tael.cli import merchant_money, merchant_report


@click.group("merchant")
def merchant() -> None:
    """Look at merchant accounts."""


for each in (*merchant_report.COMMANDS, *merchant_money.COMMANDS):
    merchant.add_command(each)
