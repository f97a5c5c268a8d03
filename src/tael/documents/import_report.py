"""The report of an import as a table: each row of the file by its number, its verdict, and what it said.

Source: B-15; reliability, T15 (row-numbered report).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.documents.labels import word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local
from tael.settlement.records.import_row import COLUMNS
from tael.settlement.records.import_search import all_import_rows, import_view

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.models import AccrualImportRow

HEADINGS: Final = ("file row", "verdict", "record", "code", "field", "reason")


def import_report(number: int, language: Language, *, verdict: str | None = None) -> Sheet:
    """Make the report. The columns of the file come after the verdict under their own names.

    Args:
        verdict: only rows with it: recorded, confirms, fails, there or refused.

    Raises:
        UnknownImport: there is none.
        DocumentTooLong: more rows than one file may have; those of one verdict may fit.

    Source: B-15; reliability T15.
    """
    view = import_view(number)
    counted = view.progress.rows if verdict is None else getattr(view.progress, verdict)
    if counted > LINES_MAX:
        raise too_long(f"{counted:,} rows")
    rows = list(all_import_rows(number, verdict=verdict))
    there = {column for row in rows for column in row.facts}
    columns = [column for column in COLUMNS if column in there]
    progress = view.progress
    return Sheet(
        name=f"import-{number}",
        title=word("import report", language),
        facts=[
            (word("file", language), view.row.name),
            ("SHA-256", view.row.digest),
            (word("brought", language), local(view.row.brought_at)),
            (word("lines", language), progress.rows),
            (word("recorded", language), progress.recorded),
            (word("confirms", language), progress.confirms),
            (word("fails", language), progress.fails),
            (word("there", language), progress.there),
            (word("refused", language), progress.refused),
        ],
        columns=[*(word(name, language) for name in HEADINGS), *columns],
        rows=[_row(row, columns, language) for row in rows],
        made_at=view.row.finished_at or view.row.brought_at,
    )


def _row(row: AccrualImportRow, columns: list[str], language: Language) -> list[Cell]:
    said: list[Cell] = [row.facts.get(column, "") for column in columns]
    verdict = word(row.verdict, language) if row.verdict else ""
    return [row.row, verdict, row.accrual, row.code, row.field, row.reason, *said]
