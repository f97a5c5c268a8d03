"""`tael maintain`: what the books need done from time to time. Repeating it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from tael import ledger
from tael.cli.database import opened_database


@click.command("maintain")
def maintain() -> None:
    """Give back expired holds, and index the leaves of the journal that are full.

    Run it once an hour. It may run while money moves, and beside itself.
    """
    with opened_database() as databases:
        from tael.wallet.unfreeze import expire_due  # noqa: PLC0415 - needs Django's settings

        expiry = expire_due(at=datetime.now(UTC))  # noqa: TID251 - a door reads the clock
        with databases.owner() as owner:
            indexed = sum(
                ledger.index_full_leaves(owner, book=book) for book in ledger.books(owner)
            )
    click.echo(f"Holds expired: {len(expiry.expired)}. Leaves indexed: {indexed}.")
    for hold, refusal in expiry.parked:
        click.echo(f"Hold {hold} stays: {refusal.code}: {refusal.message}", err=True)
