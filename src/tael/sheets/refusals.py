"""Why a sheet, a row or a cell of it is not taken.

Source: reliability, M8, M9, T15.
"""

from __future__ import annotations

from typing import ClassVar

from tael.refusal import Because, Refusal


class SheetTooLarge(Refusal):
    """The file has more bytes, members, rows, columns or characters than a sheet may have."""

    code = "sheet_too_large"
    rule = "T15"
    remedy = "Cut it into several files."


class SheetUnreadable(Refusal):
    """The file is no csv or xlsx that can be read for certain: broken, packed twice, hidden or ambiguous."""

    code = "sheet_unreadable"
    rule = "T15"
    remedy = "Save it as a plain csv in UTF-8, or as xlsx with one visible sheet and one row of headings."


class SheetTooHeavy(Refusal):
    """Reading the file took more time or memory than a sheet may take; it was given up."""

    code = "sheet_too_heavy"
    rule = "M8"
    remedy = (
        "Save it again with the spreadsheet program, without formats, or cut it into several files."
    )


class SheetsBusy(Refusal):
    """Other files are being read; this one has not been looked at."""

    code = "sheets_busy"
    because: ClassVar[Because] = "busy"
    rule = "M8"
    remedy = "Bring it again in a moment."
    retry = True
    wait_seconds = 10


class RowHidden(Refusal):
    """The row is hidden, so that whoever looked at the sheet has not seen it."""

    code = "sheet_row_hidden"
    rule = "T15"
    remedy = "Show the row, or take it out."


class CellRefused(Refusal):
    """The cell is missing, or does not say for certain what is wanted: a formula, an error, a rounded number."""

    code = "sheet_cell_refused"
    rule = "M9"
    remedy = "Write the value itself into the cell; numbers of documents as text."
