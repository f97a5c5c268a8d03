"""Which rows of a file may depend on one another: those are rehearsed together, the others apart.

A row depends on another where both tell of the same business number, or one reverses what the other tells
of. So a large file is rehearsed in portions, and each row has the verdict that recording would give it.

Source: B-10, B-15; reliability T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key = tuple[str, str, str]


def bundles_of(rows: Iterable[tuple[int, Mapping[str, str]]]) -> dict[int, int]:
    """Give for each row the first one of its bundle. What has no number stands alone.

    Args:
        rows: number and texts of each, in the order of the file.

    Source: B-10, B-15.
    """
    above: dict[Key, Key] = {}
    first: dict[Key, int] = {}
    own: dict[int, Key | None] = {}
    for row, said in rows:
        keys = _keys(said)
        own[row] = keys[0] if keys else None
        for key in keys:
            above.setdefault(key, key)
            first.setdefault(key, row)
        if len(keys) > 1:
            one, other = (_top(key, above) for key in keys)
            if one != other:
                above[other] = one
                first[one] = min(first[one], first[other])
    return {row: row if key is None else first[_top(key, above)] for row, key in own.items()}


def _keys(said: Mapping[str, str]) -> list[Key]:
    """Give the row's own key and that of what it reverses."""
    numbers = [said.get("number", ""), said.get("reversed_number", "")]
    return [(said.get("source", ""), said.get("kind", ""), number) for number in numbers if number]


def _top(key: Key, above: dict[Key, Key]) -> Key:
    while above[key] != key:
        above[key] = above[above[key]]  # so that the next one has a shorter way
        key = above[key]
    return key
