"""`tael verify`: prove an exported journal without any database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from tael.assurance.one_line import one_line
from tael.assurance.verify import verify as verify_file

WRONG: Final = 1
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.argument("file", type=FILE)
@click.option("--against", type=FILE, help="An older export; all of it must stand in the new one.")
def verify(*, file: Path, against: Path | None) -> None:
    """Compute a csv export again: sums, chains and running balances. Ends with 1 on any fault."""
    verdict = verify_file(file, against=against)
    for fault in verdict.faults:
        place = f"line {fault.line}: " if fault.line else ""
        click.echo(f"{place}{one_line(fault.message)}")
    if verdict.found > len(verdict.faults):
        click.echo(f"... and {verdict.found - len(verdict.faults)} more")
    click.echo(
        f"{verdict.entries} entries, {verdict.postings} postings, {verdict.accounts} accounts"
        f" in {', '.join(verdict.currencies) or 'no currency'}"
    )
    if not verdict.from_the_start:
        click.echo(
            "The file begins after the beginning of the books: balances are taken as given there."
        )
    click.echo(f"sha256 {verdict.sha256}")
    click.echo("The file is right." if verdict.ok else f"{verdict.found} faults.")
    if not verdict.ok:
        sys.exit(WRONG)
