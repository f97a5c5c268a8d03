"""`tael maintain`: what the books need done from time to time. Repeating it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from tael import ledger
from tael.cli.database import opened_database
from tael.cli.no_books import check_books


@click.command("maintain")
@click.option("--sums-anew", is_flag=True, help="Make the sums of days, wallets and accounts anew.")
def maintain(*, sums_anew: bool) -> None:
    """Give back expired holds, index the full leaves, add up the days, forget what is too old.

    It also adds up the lines of busy wallets and merchant accounts, so that pages about them stay quick.

    A worker does it by itself; without one, or where the worker's login does not own the database, run it
    once an hour. It may run while money moves, and beside itself.
    """
    with opened_database() as databases:
        check_books(databases)
        from tael.jobs.retention import forget_old  # noqa: PLC0415
        from tael.settlement.accounts.account_subtotal import (  # noqa: PLC0415
            add_up_accounts,
            forget_account_subtotals,
        )
        from tael.wallet.flow_days import add_up_days, forget_days  # noqa: PLC0415
        from tael.wallet.subtotal import add_up_wallets, forget_subtotals  # noqa: PLC0415
        from tael.wallet.unfreeze import expire_due  # noqa: PLC0415 - all need Django's settings

        now = datetime.now(UTC)  # noqa: TID251 - a door reads the clock
        expiry = expire_due(at=now)
        with databases.owner() as owner:
            indexed = sum(
                ledger.index_full_leaves(owner, book=book) for book in ledger.books(owner)
            )
            forgotten = forget_old(owner, at=now)
            if sums_anew:
                forget_subtotals(owner)
                forget_account_subtotals(owner)
        if sums_anew:
            forget_days()
        added = add_up_days(at=now)
        add_up_wallets()
        add_up_accounts()
    click.echo(
        f"Holds expired: {len(expiry.expired)}. Leaves indexed: {indexed}. Entries added up: {added}."
    )
    for name, count in forgotten.items():
        click.echo(f"Forgotten, older than they are kept: {count} {name}.")
    for hold, refusal in expiry.parked:
        click.echo(f"Hold {hold} stays: {refusal.code}: {refusal.message}", err=True)
