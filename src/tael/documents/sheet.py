"""A table to be written as a file: facts above it, typed columns, and cells that stay what they are.

Source: reliability, T15 (text cells stay text; re-import equals).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from tael.money import Money
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES_MAX = 20_000
"""Lines of one file. Longer ones are cut into periods by whoever asks."""

Cell = str | int | Money | datetime | None


class DocumentTooLong(Refusal):
    """What was asked for has more lines than one file may have."""

    code = "document_too_long"
    because: ClassVar[Because] = "invalid"
    rule = "T23"
    remedy = "Ask for a shorter period or fewer kinds of records; xlsx and csv have room for more than a PDF."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a title.

    Args:
        name: of the file, without its ending; plain ASCII.
        facts: what is above the table, by label.
        columns: the headings, in the reader's language.
        rows: one cell for each column; a moment is in the zone in which it is to be read.
        made_at: the moment that the file says it is of; from the data, so that the same data make
            the same file.
    """

    name: str
    title: str
    facts: Sequence[tuple[str, Cell]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    made_at: datetime


def too_long(there: str, *, most: int = LINES_MAX) -> DocumentTooLong:
    """Give the refusal for a file of too many lines."""
    return DocumentTooLong(
        f"A file of this kind has at most {most:,} lines.",
        field="period",
        there=there,
        allowed=f"{most:,} lines",
    )


def plain(cell: Cell) -> str:
    """Write a cell as plain characters: amounts with all their decimals, moments to the second.

    >>> plain(7), plain(None), plain(datetime(2026, 3, 1, 9, 30))
    ('7', '', '2026-03-01 09:30:00')
    """
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return cell.text
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell)
