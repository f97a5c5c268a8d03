"""Words of the books on their way into a text file: one line each, and nothing in them is obeyed.

A description is whatever somebody typed. In a file it must neither begin a new line nor a new
record, nor become a formula when a spreadsheet opens it.

Source: reliability, T15 and T27; A-F14.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NAMED: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NAMED_BACK: Final = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))", re.DOTALL)
# control, format (the marks that turn the direction of writing), line and paragraph separators
_HIDDEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
# what a spreadsheet takes for the beginning of a formula, after spaces that it skips; also in full width
_FORMULA: Final = re.compile(r"[\s\u00a0]*[=+\-@'\uff1d\uff0b\uff0d\uff20]")


@lru_cache(maxsize=8192)  # kinds, channels and accounts come again and again
def one_line(text: str, *, also: str = "") -> str:
    r"""Write a text on one visible line: a backslash before what could break it.

    Args:
        text: anything.
        also: further characters that mean something where the text goes.

    >>> print(one_line("two\nlines; \u2028 three", also=";"))
    two\nlines\u{3b} \u{2028} three
    """
    if text.isascii() and text.isprintable() and "\\" not in text and not set(also) & set(text):
        return text
    return "".join(_shown(sign, also) for sign in text)


def restored(text: str) -> str:
    r"""Read a text that ``one_line`` wrote.

    >>> restored(one_line("a\\b\n\u2028;", also=";")) == "a\\b\n\u2028;"
    True
    """
    return _ESCAPE.sub(_original, text)


@lru_cache(maxsize=8192)
def cell(text: str) -> str:
    """Write a text for a cell of a csv file, so that no spreadsheet calculates it.

    >>> cell("=1+1"), cell("plain")
    ("'=1+1", 'plain')
    """
    line = one_line(text)
    return f"'{line}" if _FORMULA.match(line) else line


def from_cell(text: str) -> str:
    """Read a text that ``cell`` wrote.

    >>> from_cell(cell("'=1")) == "'=1"
    True
    """
    return restored(text.removeprefix("'"))


def _shown(sign: str, also: str) -> str:
    if sign in _NAMED:
        return _NAMED[sign]
    if sign in also or unicodedata.category(sign) in _HIDDEN:
        return f"\\u{{{ord(sign):x}}}"
    return sign


def _original(escape: re.Match[str]) -> str:
    if escape[1] is not None:
        return chr(int(escape[1], 16))
    return _NAMED_BACK.get(escape[2], escape[0])
