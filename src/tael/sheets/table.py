"""The table of a sheet while it is being read, in the child: finds the headings, counts, writes the rows out.

Source: reliability, M9, T15.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from tael.sheets.limits import CELL_MAX, COLUMNS_MAX, HEADER_WITHIN, READ_MAX, ROWS_MAX
from tael.sheets.refusals import SheetTooLarge, SheetUnreadable
from tael.sheets.sheet import SORTS, Cell

if TYPE_CHECKING:
    from collections.abc import Sequence


class Table:
    """Takes the rows of a file one by one."""

    def __init__(self, out: IO[bytes], wanted: Sequence[str]) -> None:
        """Write to a file; look for a row with all of some headings."""
        self._out, self._wanted = out, set(wanted)
        self._before: list[tuple[int, list[Cell], bool]] = []
        self._written = 0
        self.columns: list[str] = []
        self.header = 0
        self.count = 0

    def take(self, number: int, cells: list[Cell], *, hidden: bool = False) -> None:
        """Take the next row; empty ones are passed over.

        Raises:
            SheetTooLarge, SheetUnreadable: naming the row.
        """
        while cells and not cells[-1].text.strip():
            cells.pop()
        if not cells:
            return
        if len(cells) > COLUMNS_MAX:
            there = f"row {number}: {len(cells)} columns"
            raise _large("The sheet has too many columns.", there, f"{COLUMNS_MAX} columns")
        for cell in cells:
            if len(cell.text) > CELL_MAX:
                there = f"row {number}: {len(cell.text)} characters"
                raise _large("A cell is too long.", there, f"{CELL_MAX} characters")
        if self.header:
            self._write(number, cells, hidden)
            return
        headings = {cell.text.strip() for cell in cells}
        if self._wanted <= headings:
            self._head(number, cells, hidden)
            return
        self._before.append((number, cells, hidden))
        if len(self._before) == HEADER_WITHIN:
            self._settle_for_the_first()

    def verdict(self, form: str) -> dict[str, Any]:
        """End the table.

        Raises:
            SheetUnreadable: nothing is in it.
        """
        if not self.header:
            self._settle_for_the_first()
        return {
            "form": form,
            "columns": self.columns,
            "header": self.header,
            "count": self.count,
        }

    def _settle_for_the_first(self) -> None:
        """No row has all that is wanted: then the first one has the headings, and whoever asked names what lacks."""
        if not self._before:
            raise SheetUnreadable("There is nothing in the sheet.")
        (number, cells, hidden), *others = self._before
        self._head(number, cells, hidden)
        for each, of_it, unseen in others:
            self._write(each, of_it, unseen)

    def _head(self, number: int, cells: list[Cell], hidden: bool) -> None:  # noqa: FBT001 - a row's own fact
        if hidden:
            raise SheetUnreadable("The row of headings is hidden.", there=f"row {number}")
        columns = [cell.text.strip() for cell in cells]
        for place, (heading, cell) in enumerate(zip(columns, cells, strict=True), 1):
            if not heading or cell.sort != "text":
                message = f"Column {place} has no heading."
                there = f"row {number}: {cell.text[:40]}"
                raise SheetUnreadable(message, there=there, allowed="a text above each column")
            if heading in columns[: place - 1]:
                there = f"row {number}: {heading[:60]}"
                raise SheetUnreadable("Two columns have the same heading.", there=there)
        self.header, self.columns = number, columns

    def _write(self, number: int, cells: list[Cell], hidden: bool) -> None:  # noqa: FBT001 - a row's own fact
        self.count += 1
        if self.count > ROWS_MAX:
            raise _large("The sheet has too many rows.", f"row {number}", f"{ROWS_MAX} rows")
        if len(cells) > len(self.columns):
            message = f"Row {number} has cells beyond the last heading."
            there = f"row {number}: {cells[-1].text[:60]}"
            raise SheetUnreadable(message, there=there, allowed=f"{len(self.columns)} cells")
        told = [
            cell.text if cell.sort == "text" else [SORTS.index(cell.sort), cell.text]
            for cell in cells
        ]
        line = json.dumps([number, int(hidden), told], separators=(",", ":")).encode() + b"\n"
        self._written += len(line)
        if self._written > READ_MAX:
            raise _large("The sheet has too much text.", f"row {number}", f"{READ_MAX} bytes")
        self._out.write(line)


def _large(message: str, there: str, most: str) -> SheetTooLarge:
    return SheetTooLarge(message, there=there, allowed=f"at most {most}")
