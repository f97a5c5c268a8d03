"""`tael accrual import`: business records (業務收支) from a file, each row with its verdict."""

from __future__ import annotations

import sys
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
from tael.settlement.accrual_import import (
    accrual_sheet,
    bring_accruals,
    record_import,
    unfinished_import,
)
from tael.settlement.import_search import VERDICTS, import_rows, import_view, imports
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.documents.download import Document
    from tael.settlement.accrual_import import ImportProgress
    from tael.sheets import Sheet

COLUMNS: Final = ("number", "name", "state", "rows", "recorded", "there", "refused", "brought_at")
ROW_COLUMNS: Final = ("row", "verdict", "accrual", "facts.number as number", "reason")
FIRST_REFUSED: Final = 20


@command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Of all rows, where the file has no column of it.")
@click.option("--dry-run", is_flag=True, help="Do it and take it back.")
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
    key: str | None,
    report: Path | None,
    overwrite: bool,
) -> Facts:
    """Record the rows of a csv or xlsx. A row that is refused stops none of the others.

    Interrupted and called again, it goes on; the same file brought again adds nothing.
    """
    with file.open("rb") as opened:
        data = opened.read(UPLOAD_MAX + 1)
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
    with click.progressbar(
        length=max(made.size, 1),
        label="rows",
        show_pos=True,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def told(progress: ImportProgress) -> None:
            bar.update(progress.done - bar.pos)

        record_import(made.pk, actor=call.actor, at=call.at, told=told)
    refused = import_rows(made.pk, limit=FIRST_REFUSED + 1, verdict="refused")
    notes = [f"row {row.row} refused: {row.reason}" for row in refused[:FIRST_REFUSED]]
    if len(refused) > FIRST_REFUSED:
        notes.append(f"More: tael accrual import-rows {made.pk} --verdict refused")
    document = None
    if report is not None:
        form = kind_of(None, report)
        document = sheet_document(import_report(made.pk, "en"), form)
    return import_out(import_view(made.pk)) | {"continued": left is not None}, notes, document
