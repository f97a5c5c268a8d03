"""A sheet as csv: UTF-8 with the mark that spreadsheets look for, facts first, then the table.

A text that a spreadsheet would calculate has an apostrophe before it, and what would break a line is
written by a backslash; `read_csv` takes both back. Amounts and moments are left alone.

Source: reliability, T15.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from tael.assurance.one_line import cell as guarded
from tael.assurance.one_line import from_cell
from tael.documents.sheet import plain

if TYPE_CHECKING:
    from tael.documents.sheet import Cell, Sheet

MARK: Final = "\ufeff"


def write_csv(sheet: Sheet) -> bytes:
    """Write the file.

    Source: reliability, T15.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_written(sheet.title)])
    writer.writerows([_written(label), _written(fact)] for label, fact in sheet.facts)
    writer.writerow([])
    writer.writerow(map(_written, sheet.columns))
    writer.writerows(map(_written, row) for row in sheet.rows)
    return (MARK + out.getvalue()).encode()


def read_csv(content: bytes) -> list[list[str]]:
    """Read the rows of such a file again, each text as it was before it was guarded.

    Source: reliability, T15 (re-import equals).
    """
    text = content.decode("utf-8-sig")
    return [[from_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def _written(cell: Cell) -> str:
    return guarded(cell) if isinstance(cell, str) else plain(cell)
