"""Archives made to hurt are refused by their size, their members and their declarations."""

from __future__ import annotations

import io
import random
import time
import zipfile

import pytest

from sheet_files import (
    a_csv,
    a_page,
    a_raw_xlsx,
    an_xlsx,
    text_cell,
    with_shared_strings,
)
from tael.sheets import (
    SheetTooLarge,
    SheetUnreadable,
    limits,
    read_sheet,
)

pytestmark = [pytest.mark.rule("T15"), pytest.mark.usefixtures("by_a_child")]

HEAD = ["number", "amount"]


@pytest.mark.rule("M8")
def test_two_cells_at_the_corners_of_the_sheet_cost_nothing() -> None:
    def corners(page):
        page["XFD1048576"] = "x"

    began = time.monotonic()
    with pytest.raises(SheetTooLarge, match="too many columns"):
        read_sheet(an_xlsx([HEAD], corners), name="x")
    assert time.monotonic() - began < 20


@pytest.mark.rule("M8")
def test_a_bomb_of_rows_is_refused_before_it_is_parsed() -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(1, 3_000_000))

    with pytest.raises(SheetTooLarge):
        read_sheet(a_raw_xlsx(a_page(rows)), name="x")


@pytest.mark.rule("M8")
def test_one_enormous_cell_is_refused() -> None:
    with pytest.raises(SheetTooLarge):
        read_sheet(a_raw_xlsx(a_page(f"<row>{text_cell('A1', 'x' * 80_000_000)}</row>")), name="x")


def test_a_cell_is_not_longer_than_a_page() -> None:
    with pytest.raises(SheetTooLarge, match="too long"):
        read_sheet(an_xlsx([["x" * 5000]]), name="x")


def test_seventy_thousand_members_are_refused() -> None:
    out = io.BytesIO(a_raw_xlsx())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(70_000):
            archive.writestr(f"m{number}", b"")

    with pytest.raises(SheetTooLarge, match="members"):
        read_sheet(out.getvalue(), name="x")


def test_an_archive_in_the_archive_is_refused() -> None:
    inner = a_raw_xlsx()

    with pytest.raises(SheetUnreadable, match="archive inside"):
        read_sheet(a_raw_xlsx(members={"xl/media/picture.png": inner}), name="x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_of_entities_are_refused(encoding: str) -> None:
    page = a_page("<row><c><v>&a;</v></c></row>", before='<!DOCTYPE x [<!ENTITY a "1">]>')
    page = page.replace("UTF-8", encoding.upper())

    with pytest.raises(SheetUnreadable, match="DTD"):
        read_sheet(a_raw_xlsx(page.encode(encoding)), name="x")


def test_a_size_that_was_lied_about_is_no_way_round() -> None:
    """The table of the archive says 10 bytes; there are a hundred million."""
    data = bytearray(a_raw_xlsx(a_page("<row/>"), {"xl/big.xml": b"x" * 100_000_000}))
    real = (100_000_000).to_bytes(4, "little")
    assert data.count(real) == 2
    lied = bytes(data).replace(real, (10).to_bytes(4, "little"))

    with pytest.raises((SheetTooLarge, SheetUnreadable)):
        read_sheet(lied, name="x")


def test_an_upload_has_at_most_ten_megabytes() -> None:
    with pytest.raises(SheetTooLarge, match="too large"):
        read_sheet(b"x" * (limits.UPLOAD_MAX + 1), name="x")


def test_there_are_at_most_fifty_thousand_rows() -> None:
    data = b"a\n" + b"1\n" * 50_001

    assert len(read_sheet(data, name="x")) == 50_001
    with pytest.raises(SheetTooLarge, match="too many rows"):
        read_sheet(data + b"1\n", name="x")


def test_there_are_at_most_fifty_columns() -> None:
    heads = [f"c{place}" for place in range(51)]

    assert len(read_sheet(a_csv([heads[:50]]), name="x").columns) == 50
    with pytest.raises(SheetTooLarge, match="too many columns"):
        read_sheet(a_csv([heads]), name="x")


def test_one_text_shown_a_million_times_is_refused() -> None:
    """A shared string makes much of little: 50 columns of 4,000 characters in each row."""
    texts = ["".join(random.choices("abcdefghijklmnop", k=3900)) for _ in range(200)]
    rows = [[random.choice(texts) for _ in range(50)] for _ in range(200)]
    data = with_shared_strings([[f"c{place}" for place in range(50)], *rows])

    with pytest.raises(SheetTooLarge, match="too much text"):
        read_sheet(data, name="x")
