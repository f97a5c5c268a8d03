"""Reading a csv: which letters, which mark between the cells, and rows as a spreadsheet counts them.

Source: reliability, M9, T15.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from tael.sheets.limits import CELL_MAX
from tael.sheets.refusals import SheetTooLarge, SheetUnreadable
from tael.sheets.sheet import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.sheets.table import Table

DELIMITERS: Final = (",", ";", "\t")
ENCODINGS: Final = ("utf-8-sig", "gb18030")
NAMES: Final = {"utf-8-sig": "UTF-8", "gb18030": "GB 18030"}
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def csv_rows(content: bytes, table: Table, encodings: Sequence[str] = ENCODINGS) -> None:
    """Take the rows of a csv into a table.

    Raises:
        SheetUnreadable: it is no text in one of the encodings, or a quote is never closed.
        SheetTooLarge: as the table says.
    """
    text = decoded(content, encodings)
    csv.field_size_limit(CELL_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            table.take(number, [Cell(cell) for cell in row])
    except csv.Error as wrong:
        there = f"row {number + 1}"
        if "field larger" in str(wrong):
            allowed = f"at most {CELL_MAX} characters"
            raise SheetTooLarge("A cell is too long.", there=there, allowed=allowed) from None
        message = "A row of the csv is not well formed."
        raise SheetUnreadable(message, there=f"{there}: {wrong}") from None


def decoded(content: bytes, encodings: Sequence[str] = ENCODINGS) -> str:
    """Give the text of a csv.

    Raises:
        SheetUnreadable: it is in none of the encodings, or is no text.
    """
    if not content.startswith(UTF_16) and b"\x00" not in content:
        for encoding in encodings:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    named = " or ".join(NAMES.get(encoding, encoding) for encoding in encodings)
    raise SheetUnreadable(f"The file is no text in {named}.", allowed="csv or xlsx")


def delimiter(text: str) -> str:
    """Give the mark between cells: of the three, the one that the first row with any has most often.

    >>> delimiter("a;b;c,d")
    ';'
    """
    for line in io.StringIO(text):
        outside = "".join(line.split('"')[::2])
        found = max(DELIMITERS, key=outside.count)
        if outside.count(found):
            return found
    return ","
