"""Reading the one visible sheet of a workbook, by openpyxl's own streaming parser and with what it passes over.

openpyxl reads cells; which rows and columns are hidden, which cells are merged and what a number was
before it became one is asked of its parser directly.

Source: reliability, M8, M9, T15.
"""

from __future__ import annotations

import re
import string
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import IO, TYPE_CHECKING, Any, Final

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.cell.text import Text
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from tael.sheets.archive import check_archive
from tael.sheets.limits import COLUMNS_MAX
from tael.sheets.refusals import SheetTooLarge, SheetUnreadable
from tael.sheets.sheet import EMPTY, Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tael.sheets.table import Table

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
LETTERS: Final = string.ascii_uppercase
DIGITS: Final = string.digits
FORMULA_SHOWN: Final = 200
TEXT: Final = f"{{{SHEET_MAIN_NS}}}t"
EXACT_BELOW: Final = 10**15
"""A spreadsheet keeps 15 digits of a number."""


def xlsx_rows(brought: IO[bytes], table: Table) -> None:
    """Take the rows of the one visible sheet of a workbook into a table.

    Raises:
        SheetUnreadable: it has hidden sheets or columns, merged cells in the table, or several sheets.
        SheetTooLarge: as the archive's check and the table say.
    """
    assert DEFUSEDXML, "defusedxml is installed and is not switched off"
    check_archive(brought)
    book = load_workbook(brought, read_only=True, data_only=False, keep_links=False)
    page = _the_one_page(book)
    with page._get_source() as source:  # noqa: SLF001 - openpyxl has no public way to its stream
        parser = _Parser(
            source,
            page._shared_strings,  # noqa: SLF001 - the same
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001 - the same
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - the same
        )
        last = 0
        for number, cells in parser.parse():
            if number <= last:
                raise SheetUnreadable("The rows are not in their order.", there=f"row {number}")
            last = number
            facts = parser.row_dimensions.pop(str(number), {})
            table.take(number, _line_up(number, cells), hidden=_hides(facts))
    _check_columns(parser.column_dimensions.values(), table)
    _check_merged(parser, table)


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's parser of a page, giving places and cells; by a short way."""

    def parse_cell(self, element: Any) -> tuple[int, int, Cell]:
        """Give row, column and what is in the cell."""
        place, row = element.get("r"), self.row_counter
        if place:
            row, self.col_counter = _row_of(place), _column_of(place.rstrip(DIGITS))
        else:
            self.col_counter += 1
        value = None
        for part in element:
            if part.tag == FORMULA_TAG:
                return row, self.col_counter, Cell(f"={part.text or ''}"[:FORMULA_SHOWN], "formula")
            if part.tag == VALUE_TAG:
                value = part.text
            elif part.tag == INLINE_STRING:
                return row, self.col_counter, Cell(_inline(part))
        return row, self.col_counter, self._cell_of(element, value) if value else EMPTY

    def _cell_of(self, element: Any, value: str) -> Cell:
        """Give a cell by its type and the text of its value."""
        kind, style = element.get("t", "n"), int(element.get("s", 0))
        if kind == "s":
            return Cell(unescaped(self.shared_strings[int(value)]))
        if kind == "str":
            return Cell(unescaped(value))
        if kind == "n" and style not in self.date_formats:
            return _number(float(value))
        if kind == "n":
            try:
                length = style in self.timedelta_formats
                return _date(from_excel(float(value), self.epoch, timedelta=length))
            except (OverflowError, ValueError):
                return Cell(value, "error")
        if kind == "d":
            return _date(from_ISO8601(value))
        if kind == "b":
            return Cell("TRUE" if value == "1" else "FALSE", "truth")
        return Cell(value, "error")


def _inline(element: Any) -> str:
    """Give the text of an inline string: plain, or the pieces of a rich one."""
    if len(element) == 1 and element[0].tag == TEXT:
        return unescaped(element[0].text or "")
    text: str = Text.from_tree(element).content
    return unescaped(text)


def unescaped(text: str) -> str:
    """Take back how workbooks write signs that XML cannot have, and texts that look like one (ST_Xstring).

    >>> unescaped("_x005F_x0041_"), unescaped("a_x0042_"), unescaped("_x0000_")
    ('_x0041_', 'aB', '_x0000_')
    """
    return _ESCAPED.sub(_sign, text) if "_x" in text else text


def _sign(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if sign.isprintable() or sign in "\t\n" else found[0]


def _row_of(place: str) -> int:
    return int(place.lstrip(LETTERS))


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    column: int = column_index_from_string(letters)
    return column


def _the_one_page(book: Any) -> Any:
    hidden = [page.title for page in book.worksheets if page.sheet_state != "visible"]
    if hidden:
        raise SheetUnreadable("The workbook has a hidden sheet.", there=hidden[0][:60])
    if len(book.worksheets) != 1:
        there = f"{len(book.worksheets)} sheets"
        raise SheetUnreadable("The workbook has not one sheet.", there=there, allowed="1 sheet")
    return book.worksheets[0]


def _line_up(number: int, found: Iterable[tuple[int, int, Cell]]) -> list[Cell]:
    """Give the cells of a row at their places; the parser leaves out those that the file leaves out."""
    row: list[Cell] = []
    for in_row, place, cell in found:
        if not cell.text:
            continue
        if place > COLUMNS_MAX:
            there = f"row {number}: column {place}"
            allowed = f"at most {COLUMNS_MAX} columns"
            raise SheetTooLarge("The sheet has too many columns.", there=there, allowed=allowed)
        if place <= len(row) or in_row != number:
            raise SheetUnreadable("The cells are not in their order.", there=f"row {number}")
        row += [Cell("")] * (place - len(row) - 1)
        row.append(cell)
    return row


def _date(value: date | time | timedelta) -> Cell:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return Cell(str(value), "date")


def _number(value: float) -> Cell:
    """Give a number as it is written plainly, if a spreadsheet has kept all of it.

    >>> _number(0.1 + 0.2), _number(12.5)
    (Cell(text='0.30000000000000004', sort='inexact'), Cell(text='12.5', sort='number'))
    >>> _number(1e-05).text, _number(1000.0).text
    ('0.00001', '1000')
    """
    if not isfinite(value):
        return Cell(str(value), "error")
    shown = f"{value:.15g}"
    if abs(value) >= EXACT_BELOW or float(shown) != value:
        return Cell(repr(value), "inexact")
    return Cell(f"{Decimal(shown):f}" if "e" in shown else shown, "number")


def _hides(facts: Mapping[str, str]) -> bool:
    """Whether the facts of a row or column hide it; a height or width of nothing hides as well."""
    if facts.get("hidden", "0").lower() in {"1", "true"}:
        return True
    size = facts.get("ht", facts.get("width"))
    return size is not None and float(size) == 0


def _check_columns(dimensions: Iterable[Mapping[str, str]], table: Table) -> None:
    for facts in dimensions:
        if _hides(facts) and int(facts["min"]) <= len(table.columns):
            heading = table.columns[int(facts["min"]) - 1]
            raise SheetUnreadable("A column is hidden.", there=heading[:60])


def _check_merged(parser: Any, table: Table) -> None:
    merged = parser.merged_cells
    for each in merged.mergeCell if merged is not None else ():
        if each.max_row >= table.header:
            message = "Cells of the table are merged."
            raise SheetUnreadable(message, there=f"row {each.min_row}: {each.coord}")
