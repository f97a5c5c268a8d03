"""Tables for a terminal, with columns that stand straight under Chinese names too."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP: Final = "  "
_WIDE: Final = frozenset("WF")
_NO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})


def width(text: str) -> int:
    """Tell how many columns of a terminal a text takes.

    >>> width("Alipay"), width("支付寶")
    (6, 6)
    """
    return sum(
        0
        if unicodedata.category(character) in _NO_WIDTH
        else 2
        if unicodedata.east_asian_width(character) in _WIDE
        else 1
        for character in text
    )


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool]) -> str:
    """Give a table, each column as wide as its widest cell.

    Args:
        right: for each column, whether it stands to the right, as figures do.
    """
    lines = [headings, *rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        GAP.join(
            _padded(cell, wide, right=to_the_right)
            for cell, wide, to_the_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _padded(text: str, wide: int, *, right: bool) -> str:
    blanks = " " * (wide - width(text))
    return blanks + text if right else text + blanks
