"""`tael accrual import`: business records (業務收支) from a file, each row with its verdict."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tael import books
from tael.api.v1.accrual_imports import import_out, import_row_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.file import file_options, kind_of, write
from tael.documents.download import SHEET_FORMATS, sheet_document
from tael.documents.import_report import import_report
from tael.documents.labels import parse_language
from tael.settlement.records.accrual_import import (
    accrual_import,
    accrual_sheet,
    bring_accruals,
    record_import,
    unfinished_import,
)
from tael.settlement.records.import_check import cancel_import, check_import, offer_accruals
from tael.settlement.records.import_search import VERDICTS, import_rows, import_view, imports
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tael.cli.call import Call
    from tael.documents.download import Document
    from tael.settlement.records.accrual_import import AccrualImport
    from tael.sheets import Sheet

COLUMNS: Final = ("number", "name", "state", "rows", "recorded", "there", "refused", "brought_at")
ROW_COLUMNS: Final = ("row", "verdict", "accrual", "facts.number as number", "reason")
FIRST_REFUSED: Final = 20
WATCHED_EVERY: Final = 0.5


@command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Of all rows, where the file has no column of it.")
@click.option("--dry-run", is_flag=True, help="Do it and take it back.")
@click.option("--check", is_flag=True, help="Judge each row and keep that; see import-record.")
@click.option("--key", help="Idempotency key.  [default: a new one]")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what became of each row to this xlsx or csv.",
)
@click.option("--overwrite", is_flag=True, help="Also where there is such a report already.")
def import_accruals(
    call: Call,
    *,
    file: Path,
    source: str,
    dry_run: bool,
    check: bool,
    key: str | None,
    report: Path | None,
    overwrite: bool,
) -> Facts:
    """Record the rows of a csv or xlsx. A row that is refused stops none of the others.

    Interrupted and called again, it goes on; the same file brought again adds nothing.
    """
    with file.open("rb") as opened:
        data = opened.read(UPLOAD_MAX + 1)
    if check:
        instruction = call.keyed(key)
        return _checked(
            offer_accruals(data=data, name=file.name, source=source, instruction=instruction)
        )
    sheet = accrual_sheet(data, name=file.name, source=source)

    def act() -> tuple[dict[str, Any], list[str], Document | None]:
        return _record(call, sheet, source, key, report)

    told, notes, document = books.rehearse(act) if dry_run else act()
    if document is not None and report is not None:
        told |= {"report": write(document, report, overwrite=overwrite)["file"]}
    if dry_run:
        told |= {"number": None}
        notes.append("Dry run: it would go so; nothing has been kept.")
    return Facts(told | {"dry_run": dry_run}, notes)


@command("import-record")
@click.argument("number", type=NUMBER)
def record_checked(call: Call, *, number: int) -> Facts:
    """Record the rows of a file that was rehearsed. Interrupted and called again, it goes on."""
    with _bar(accrual_import(number).size) as told:
        record_import(number, actor=call.actor, at=call.at, told=lambda each: told(each.done))
    return Facts(import_out(import_view(number)), _notes(number))


@command("import-cancel")
@click.argument("number", type=NUMBER)
def cancel(call: Call, *, number: int) -> Facts:
    """Call an import off; what is recorded of it stays."""
    cancel_import(number, actor=call.actor, at=call.at)
    return Facts(import_out(import_view(number)))


@command("imports")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def list_imports(_call: Call, *, before: int | None, limit: int) -> Listing:
    """List the files that were brought, newest first."""
    rows = imports(limit=limit, before=before)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [import_out(row) for row in rows], more)


@command("import-rows")
@click.argument("number", type=NUMBER)
@click.option("--verdict", type=click.Choice(VERDICTS), help="Only rows with this verdict.")
@click.option("--after", type=NUMBER, help="Those behind this row.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@file_options(SHEET_FORMATS)
def list_import_rows(
    _call: Call,
    *,
    number: int,
    verdict: str | None,
    after: int | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
) -> Listing | Facts:
    """List the rows of an import with their verdicts, or write them as a report."""
    kind = kind_of(form, to)
    if kind:
        sheet = import_report(number, parse_language(language), verdict=verdict)
        return Facts(write(sheet_document(sheet, kind), to, overwrite=overwrite))
    around = import_out(import_view(number))
    rows = import_rows(number, limit=limit, after=after or 0, verdict=verdict)
    more = f"--after {rows[-1].row}" if len(rows) == limit else ""
    return Listing(ROW_COLUMNS, [import_row_out(row) for row in rows], more, {"import": around})


def _record(
    call: Call, sheet: Sheet, source: str, key: str | None, report: Path | None
) -> tuple[dict[str, Any], list[str], Document | None]:
    """Bring and record a file, or go on with one that was cut off; gives facts, notes and the report."""
    left = None if key else unfinished_import(digest=sheet.digest, actor=call.actor)
    made = left or bring_accruals(sheet=sheet, instruction=call.keyed(key), source=source)
    with _bar(made.size) as told:
        record_import(
            made.pk, actor=call.actor, at=call.at, told=lambda progress: told(progress.done)
        )
    notes = _notes(made.pk)
    document = None
    if report is not None:
        form = kind_of(None, report)
        document = sheet_document(import_report(made.pk, "en"), form)
    return import_out(import_view(made.pk)) | {"continued": left is not None}, notes, document


def _checked(made: AccrualImport) -> Facts:
    """Read and rehearse a file here, or watch the worker that was faster."""
    with _bar(0) as told:
        while (view := import_view(made.pk)).row.state in {"reading", "checking"}:
            check_import(made.pk, clock=_now, told=lambda _: told(*_gone(made.pk)))
            told(*_gone(made.pk))
            if import_view(made.pk).row.state in {"reading", "checking"}:
                time.sleep(WATCHED_EVERY)
    notes = _notes(made.pk)
    if view.row.state == "checked":
        notes.append(f"Nothing is recorded yet: tael accrual import-record {made.pk}")
    return Facts(import_out(view), notes)


def _gone(number: int) -> tuple[int, int]:
    """Give how many rows are read and how many are rehearsed, as one figure, and what it will be at the end."""
    view = import_view(number)
    return view.row.kept + view.progress.checked, 2 * view.row.size


def _notes(number: int) -> list[str]:
    refused = import_rows(number, limit=FIRST_REFUSED + 1, verdict="refused")
    notes = [f"row {row.row} refused: {row.reason}" for row in refused[:FIRST_REFUSED]]
    if len(refused) > FIRST_REFUSED:
        notes.append(f"More: tael accrual import-rows {number} --verdict refused")
    return notes


@contextmanager
def _bar(length: int) -> Iterator[Callable[..., None]]:
    """Show how far it is, where somebody looks; give the function that is told."""
    with click.progressbar(
        length=max(length, 1),
        label="rows",
        show_pos=True,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def told(done: int, length: int = 0) -> None:
            bar.length = length or bar.length
            bar.update(done - bar.pos)

        yield told


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a door reads the clock: a long check meets many moments
