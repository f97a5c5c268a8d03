"""A sheet as it was read: headings, and rows of cells that say what was in the file, to the sign.

Source: reliability, M9, T15.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from tael.sheets.refusals import CellRefused, RowHidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Sort = Literal["text", "number", "inexact", "date", "truth", "formula", "error"]
"""`inexact` is a number of more digits than a spreadsheet keeps (15): what it was is lost."""
SORTS: tuple[Sort, ...] = get_args(Sort)


class Cell(NamedTuple):
    """The text of a cell, and what sort of cell it was; in a csv all are text.

    A number is written plainly (``1000``, ``0.05``), a day as ``2026-10-14``, a formula as itself.
    """

    text: str
    sort: Sort = "text"


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings.

    Args:
        number: as a spreadsheet shows it, from 1. hidden: whoever looked at the sheet has not seen it.
        cells: by heading; those that are empty are left out.
    """

    number: int
    hidden: bool
    cells: Mapping[str, Cell]

    def check_seen(self) -> None:
        """Refuse a row that nobody has seen, or that is calculated.

        Raises:
            RowHidden, CellRefused.
        """
        if self.hidden:
            message = f"Row {self.number} is hidden."
            raise RowHidden(message, field="row", there=str(self.number))
        for column, cell in self.cells.items():
            if cell.sort == "formula":
                raise self._refused(column, cell, "a value, not a formula")

    def plain(self, column: str, *, needed: bool = True) -> str:
        """Give what is written in a cell: a text, or a number that has lost nothing. "" where it is empty.

        Raises:
            CellRefused: it is another sort, or is empty and ``needed``.
        """
        return self._of(column, ("text", "number"), "a text or an exact number", needed=needed)

    def identifier(self, column: str, *, needed: bool = True) -> str:
        """Give the number of a document. It has to be text: a spreadsheet rounds numbers and drops zeros.

        Raises:
            CellRefused: it is another sort, or is empty and ``needed``.

        Source: reliability, M9.
        """
        return self._of(column, ("text",), "text (a number would lose digits)", needed=needed)

    def day(self, column: str) -> date | None:
        """Give a day, from a cell of that sort or from a text as 2026-10-14; None where it is empty.

        Raises:
            CellRefused: it is neither.
        """
        allowed = "a day, as 2026-10-14"
        text = self._of(column, ("text", "date"), allowed, needed=False)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self._refused(column, self.cells[column], allowed) from None
        if day.isoformat() != text:
            raise self._refused(column, self.cells[column], allowed)
        return day

    def _of(self, column: str, sorts: tuple[Sort, ...], allowed: str, *, needed: bool) -> str:
        cell = self.cells.get(column, EMPTY)
        text = cell.text.strip()
        if text and cell.sort not in sorts:
            raise self._refused(column, cell, allowed)
        if needed and not text:
            raise self._refused(column, cell, allowed)
        return text

    def _refused(self, column: str, cell: Cell, allowed: str) -> CellRefused:
        message = f"Row {self.number}: {column} is {cell.sort if cell.text else 'empty'}."
        return CellRefused(message, field=column, there=cell.text[:100], allowed=allowed)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose rows are given one by one, so that a large one is never in memory as objects.

    Args:
        name: of the file, as it was brought. form: csv, xlsx, or a message of a bank. digest: SHA-256 of the file, as hex.
        columns: the headings, in their order. header: the number of their row. count: rows below it.
    """

    name: str
    form: Literal["csv", "xlsx", "pain.002", "camt.053"]
    digest: str
    columns: tuple[str, ...]
    header: int
    count: int
    content: bytes

    def __len__(self) -> int:
        """Give how many rows there are below the headings."""
        return self.count

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in their order; as often as wanted."""
        for line in io.BytesIO(self.content):
            told = json.loads(line)
            if isinstance(told, list):
                yield self._row(told)

    def _row(self, told: list[object]) -> Row:
        number, hidden, cells = told
        assert isinstance(number, int)
        assert isinstance(cells, list)
        return Row(
            number,
            bool(hidden),
            {
                heading: Cell(cell) if isinstance(cell, str) else Cell(cell[1], SORTS[cell[0]])
                for heading, cell in zip(self.columns, cells, strict=False)
                if cell != ""
            },
        )
