"""`tael doctor`: prove the books, the wallets on them, the trail behind them and the server under them."""

from __future__ import annotations

import json
import sys
from typing import Final

import click

from tael.assurance.doctor import examine
from tael.cli.database import opened_database
from tael.cli.no_books import check_books

WRONG: Final = 1


@click.command("doctor")
@click.option("--json", "for_programs", is_flag=True, help="Print the report as JSON.")
def doctor(*, for_programs: bool) -> None:
    """Compute everything again and compare. Ends with 1 when something is wrong.

    It reads one snapshot and locks nothing: run it while money moves.
    """
    with opened_database() as databases:
        check_books(databases, as_owner=True)  # nothing is right where there is nothing
        with databases.owner() as connection:
            report = examine(connection)
    if for_programs:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        click.echo(report.text())
    if not report.ok:
        sys.exit(WRONG)
