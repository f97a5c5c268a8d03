"""A sheet as xlsx: text is text, amounts are numbers with their currency's decimals.

A spreadsheet counts in binary floating point with 15 digits. An amount of up to 15 digits is written as
a number, which then shows and rounds exactly; a longer one as text, so that no digit of it is lost.

Source: reliability, T15 (typed cells, no formula in any export).
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from tael.documents.sheet import plain
from tael.money import Money

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from tael.documents.sheet import Cell, Sheet

EXACT_DIGITS: Final = 15
WIDEST: Final = 48  # characters
LONGEST: Final = 32_767  # characters of one cell
OPTIONS: Final[dict[str, Any]] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# what a spreadsheet takes for a formula when somebody edits the cell
_FORMULA: Final = re.compile(r"[\s\u00a0]*[=+\-@'\uff1d\uff0b\uff0d\uff20]")


def write_xlsx(sheet: Sheet) -> bytes:
    """Write the file.

    Source: reliability, T15.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties(
            {
                "title": sheet.title,
                "author": "Tael",
                "created": sheet.made_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        page = _Page(book, book.add_worksheet("Tael"))
        page.text(0, 0, sheet.title, title=True)
        for place, (label, fact) in enumerate(sheet.facts, start=1):
            page.put(place, 0, label)
            page.put(place, 1, fact)
        top = len(sheet.facts) + 2
        for column, heading in enumerate(sheet.columns):
            page.text(top, column, heading, bold=True)
        for place, row in enumerate(sheet.rows, start=top + 1):
            for column, cell in enumerate(row):
                page.put(place, column, cell)
        page.finish(top, sheet)
    return out.getvalue()


class _Page:
    """The one page of the workbook, and the formats that its cells have."""

    def __init__(self, book: Workbook, page: Worksheet) -> None:
        self._book, self._page = book, page
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Write a cell as what it is."""
        if cell is None:
            return
        if isinstance(cell, Money):
            self._amount(row, column, cell)
        elif isinstance(cell, datetime):
            naive = cell.replace(tzinfo=None)
            moment = self._format(num_format="yyyy-mm-dd hh:mm:ss", align="left")
            self._page.write_datetime(row, column, naive, moment)
        elif isinstance(cell, int) and len(str(abs(cell))) <= EXACT_DIGITS:
            self._page.write_number(row, column, cell, self._format(num_format="0"))
        else:
            self.text(row, column, str(cell))

    def text(
        self, row: int, column: int, text: str, *, bold: bool = False, title: bool = False
    ) -> None:
        """Write a text, whatever it begins with."""
        look: dict[str, Any] = {"num_format": "@"}
        if bold:
            look |= {"bold": True, "bottom": 1}
        if title:
            look |= {"bold": True, "font_size": 14}
        if _FORMULA.match(text):
            look["quote_prefix"] = True
        self._page.write_string(row, column, text[:LONGEST], self._format(**look))

    def _amount(self, row: int, column: int, amount: Money) -> None:
        decimals = amount.currency.exponent
        if len(str(abs(amount.minor))) > EXACT_DIGITS:
            look = self._format(num_format="@", align="right")
            self._page.write_string(row, column, amount.text, look)
            return
        shown = "#,##0" + ("." + "0" * decimals if decimals else "")
        self._page.write_number(row, column, float(amount.text), self._format(num_format=shown))

    def _format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def finish(self, top: int, sheet: Sheet) -> None:
        """Set widths, keep the headings in sight, and print on as many pages as it takes, one wide."""
        for column, heading in enumerate(sheet.columns):
            widest = max(
                [_width(heading), *(_width(plain(row[column])) for row in sheet.rows[:500])]
            )
            self._page.set_column(column, column, min(widest, WIDEST) + 2)
        self._page.freeze_panes(top + 1, 0)
        if sheet.rows:
            last = len(sheet.columns) - 1
            self._page.autofilter(top, 0, top + len(sheet.rows), last)
        self._page.set_landscape()
        self._page.set_paper(9)  # A4
        self._page.fit_to_pages(1, 0)
        self._page.repeat_rows(top)


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
