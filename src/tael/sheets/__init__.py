"""Sheets (csv, xlsx) that people bring, read by a child process that may not cost more than it is worth.

Source: reliability, M8, M9, T15.
"""

from __future__ import annotations

from tael.sheets.read import read_camt_053, read_sheet
from tael.sheets.refusals import (
    CellRefused,
    RowHidden,
    SheetsBusy,
    SheetTooHeavy,
    SheetTooLarge,
    SheetUnreadable,
)
from tael.sheets.sheet import Cell, Row, Sheet

__all__ = [
    "Cell",
    "CellRefused",
    "Row",
    "RowHidden",
    "Sheet",
    "SheetTooHeavy",
    "SheetTooLarge",
    "SheetUnreadable",
    "SheetsBusy",
    "read_camt_053",
    "read_sheet",
]
