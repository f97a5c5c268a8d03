"""`tael export`: the journal for other programs."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from tael import ledger
from tael.assurance.export import FORMATS, Format, export_journal
from tael.cli.database import opened_database
from tael.cli.no_books import check_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; it appears when it is complete.  [default: print]",
)
@click.option("--from", "first", type=DAY, help="First day of booking (UTC).")
@click.option("--to", "last", type=DAY, help="Last day of booking (UTC), included.")
@click.option("--book", "name", default=ledger.MAIN.name, show_default=True, help="Which books.")
@click.option(
    "--debit-positive",
    is_flag=True,
    help="Turn the signs around, for accountants. The ledger's plus goes into an account.",
)
def export(
    *,
    form: str,
    output: Path | None,
    first: datetime | None,
    last: datetime | None,
    name: str,
    debit_positive: bool,
) -> None:
    """Write the journal as csv (which `tael verify` proves), for hledger or for beancount."""
    if first and last and first > last:
        raise click.BadParameter("--from is after --to")
    until = last + timedelta(days=1) if last else None
    with opened_database() as databases, databases.owner() as connection:
        check_books(databases, as_owner=True)
        books = {book.name: book for book in ledger.books(connection)}
        connection.rollback()
        if name not in books:
            raise click.BadParameter(f"there are {', '.join(books)}", param_hint="--book")
        with _opened(output) as out:
            count = export_journal(
                connection,
                cast("Format", form),
                out,
                books[name],
                since=first.replace(tzinfo=UTC) if first else None,
                until=until.replace(tzinfo=UTC) if until else None,
                debit_positive=debit_positive,
            )
    click.echo(f"{count} entries", err=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Give the file to write to. A named one gets its name when it is complete, and not before."""
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        yield sys.stdout
        sys.stdout.flush()
        return
    unfinished = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(output)
    except OSError as failure:
        message = f"{output} cannot be written: {failure.strerror}"
        raise click.ClickException(message) from failure
    finally:
        unfinished.unlink(missing_ok=True)
