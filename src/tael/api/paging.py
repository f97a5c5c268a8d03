"""Pages by cursor: stable while rows are added, and never a count of all.

Source: architecture, section 5; reliability, T23 (page at most 200).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tael.api.fields import PAGE_MAX
from tael.wallet.flow import CursorMalformed

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row")

_PLACE: Final = re.compile(r"v1:([0-9.]{1,80})")


def place_of(cursor: str | None) -> str | None:
    """Read the place after which a page begins.

    Raises:
        CursorMalformed: it is not one of ours.

    >>> place_of(cursor_at(17))
    '17'
    """
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise CursorMalformed("The cursor cannot be read.", field="cursor")
    return found[1]


def number_of(cursor: str | None) -> int | None:
    """Read a place that is a row's number.

    Raises:
        CursorMalformed: it is not one of ours.
    """
    place = place_of(cursor)
    if place is None:
        return None
    if not place.isdigit() or len(place) > 18:
        raise CursorMalformed("The cursor is of another list.", field="cursor")
    return int(place)


def cursor_at(place: int | str) -> str:
    """Write the cursor of the page that begins after this place."""
    return base64.urlsafe_b64encode(f"v1:{place}".encode()).decode().rstrip("=")


def page(
    read: Callable[[int | None, int], list[Row]],
    *,
    cursor: str | None,
    limit: int,
    place: Callable[[Row], int],
    write: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """Read and write one page.

    Args:
        read: gives the rows after a place, at most so many (and never more than 200).
        place: of a row.
        write: a row as plain values.
    """
    after = number_of(cursor)
    rows = read(after, min(limit + 1, PAGE_MAX))
    more = len(rows) > limit
    rows = rows[:limit]
    if limit == PAGE_MAX and len(rows) == limit:
        more = bool(read(place(rows[-1]), 1))
    return paged([write(row) for row in rows], place(rows[-1]) if more else None)


def paged(data: list[dict[str, Any]], last: int | str | None) -> dict[str, Any]:
    """Write a page from its rows and the place of its last row, None on the last page."""
    return {
        "data": data,
        "next_cursor": None if last is None else cursor_at(last),
        "has_more": last is not None,
    }
