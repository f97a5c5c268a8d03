"""A csv is read in its encoding and with its mark, row by row as a spreadsheet shows it, or refused with the place."""

from __future__ import annotations

import pytest

from sheet_files import (
    a_csv,
)
from tael.sheets import (
    SheetUnreadable,
    read_sheet,
)

pytestmark = pytest.mark.rule("T15")

HEAD = ["number", "amount"]


def rows_of(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return [
        (row.number, {name: cell.text for name, cell in row.cells.items()})
        for row in read_sheet(data, name="x")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_each_encoding_and_with_each_mark(encoding: str, delimiter: str) -> None:
    data = a_csv([["編號", "備註"], ["001", "電話，長途"]], encoding=encoding, delimiter=delimiter)

    assert rows_of(data) == [(2, {"編號": "001", "備註": "電話，長途"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    data = a_csv([[], HEAD, ["A", "1"], ["", ""], ["two\nlines", "2"], ["B", "3"]])

    assert [number for number, _ in rows_of(data)] == [3, 5, 6]


def test_the_headings_may_stand_below_a_title(by_a_child: None) -> None:
    data = a_csv([["Records of October"], ["made", "2026-11-01"], [], HEAD, ["A", "1"]])

    sheet = read_sheet(data, name="x", wanted=["amount"])

    assert (sheet.header, sheet.columns, len(sheet)) == (4, ("number", "amount"), 1)


def test_without_the_wanted_headings_the_first_row_has_them() -> None:
    sheet = read_sheet(a_csv([HEAD, ["A", "1"]]), name="x", wanted=["missing"])

    assert (sheet.header, len(sheet)) == (1, 1)


def test_another_mark_is_no_mark() -> None:
    assert read_sheet(b"a|b\n1|2\n", name="x").columns == ("a|b",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        ("a,b\n1,2\n".encode("utf-16"), "no text"),
        (b"a,b\n\x00,2\n", "no text"),
        (b"a,b\n\xff\xff,2\n", "no text"),
        (b'a,b\n"1,2\n3,4\n', "not well formed"),
        (b"a,a\n1,2\n", "same heading"),
        (b"a,,c\n1,2,3\n", "no heading"),
        (b"a,b\n1,2,3\n", "beyond the last heading"),
        (b"\xd0\xcf\x11\xe0 old", "old or an encrypted"),
        (b"PK\x03\x04 but no archive", "broken"),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(SheetUnreadable, match=said):
        read_sheet(data, name="x")


def test_a_refusal_names_the_row() -> None:
    with pytest.raises(SheetUnreadable) as no:
        read_sheet(b"a,b\n1,2\n1,2,3\n", name="x")

    assert no.value.there == "row 3: 3"
