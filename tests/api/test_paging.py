"""Cursors and pages."""

from __future__ import annotations

import pytest

from tael.api.paging import cursor_at, number_of, page, place_of
from tael.wallet.flow import CursorMalformed

pytestmark = pytest.mark.rule("T23")


@pytest.mark.parametrize("place", [1, 2**60, "17.0.3"])
def test_a_cursor_gives_its_place_back(place: int | str) -> None:
    assert place_of(cursor_at(place)) == str(place)


@pytest.mark.parametrize(
    "cursor", ["", "!", "1", "djE6", "鍵", "djI6MTc", cursor_at("1e3"), "a" * 200, "djE6MTc\n"]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorMalformed):
        place_of(cursor)


@pytest.mark.parametrize("place", ["17.0.3", "9" * 19])
def test_a_cursor_of_another_list_is_refused(place: str) -> None:
    with pytest.raises(CursorMalformed):
        number_of(cursor_at(place))


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 199, 200, 201, 400, 401])
@pytest.mark.parametrize("limit", [1, 2, 200])
def test_pages_together_are_the_list(rows: int, limit: int) -> None:
    every = list(range(1, rows + 1))
    seen: list[int] = []
    cursor, pages = None, 0

    while True:
        found = page(
            lambda after, most: [row for row in every if row > (after or 0)][:most],
            cursor=cursor,
            limit=limit,
            place=lambda row: row,
            write=lambda row: {"row": row},
        )
        seen += [each["row"] for each in found["data"]]
        cursor, pages = found["next_cursor"], pages + 1
        assert found["has_more"] is (cursor is not None)
        if cursor is None:
            break

    assert seen == every
    assert pages == max(1, -(-rows // limit))
