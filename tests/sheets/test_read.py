"""A sheet is read as it is, or refused with the place; a hostile one costs a child and nothing more."""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sheet_files import (
    a_csv,
    a_large_xlsx,
    a_page,
    a_raw_xlsx,
    an_xlsx,
    saved,
    text_cell,
    with_shared_strings,
)
from tael.sheets import (
    Cell,
    CellRefused,
    RowHidden,
    SheetsBusy,
    SheetTooHeavy,
    SheetTooLarge,
    SheetUnreadable,
    limits,
    read,
    read_sheet,
)

pytestmark = pytest.mark.rule("T15")

HEAD = ["number", "amount"]


def rows_of(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return [
        (row.number, {name: cell.text for name, cell in row.cells.items()})
        for row in read_sheet(data, name="x")
    ]


def children() -> list[str]:
    """The children of this process that have not been reaped."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.fixture(autouse=True)
def no_child_is_left():
    before = children()
    yield
    assert children() == before


# ---------------------------------------------------------------- csv


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_each_encoding_and_with_each_mark(encoding: str, delimiter: str) -> None:
    data = a_csv([["編號", "備註"], ["001", "電話，長途"]], encoding=encoding, delimiter=delimiter)

    assert rows_of(data) == [(2, {"編號": "001", "備註": "電話，長途"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    data = a_csv([[], HEAD, ["A", "1"], ["", ""], ["two\nlines", "2"], ["B", "3"]])

    assert [number for number, _ in rows_of(data)] == [3, 5, 6]


def test_the_headings_may_stand_below_a_title() -> None:
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


# ---------------------------------------------------------------- xlsx


def test_each_sort_of_cell_is_told_apart() -> None:
    sheet = read_sheet(
        an_xlsx(
            [
                ["text", "number", "day", "moment", "truth", "formula", "none", "long"],
                [
                    "001",
                    12.5,
                    date(2026, 10, 14),
                    datetime(2026, 10, 14, 9, 30),  # noqa: DTZ001 - a spreadsheet knows no zones
                    True,
                    "=1+1",
                    None,
                    10**17,
                ],
            ]
        ),
        name="x",
    )

    (row,) = sheet
    assert row.cells == {
        "text": Cell("001"),
        "number": Cell("12.5", "number"),
        "day": Cell("2026-10-14", "date"),
        "moment": Cell("2026-10-14 09:30:00", "date"),
        "truth": Cell("TRUE", "truth"),
        "formula": Cell("=1+1", "formula"),
        "long": Cell("1e+17", "inexact"),
    }
    assert row.has_formula


@pytest.mark.rule("M9")
@pytest.mark.parametrize("value", ["0.30000000000000004", "12345678901234567890", "1E+300"])
def test_a_number_that_a_spreadsheet_has_rounded_is_no_amount(value: str) -> None:
    data = a_raw_xlsx(
        a_page(
            f'<row r="1">{text_cell("A1", "amount")}</row><row r="2"><c r="A2"><v>{value}</v></c></row>'
        )
    )

    (row,) = read_sheet(data, name="x")

    with pytest.raises(CellRefused) as no:
        row.plain("amount")
    assert no.value.field == "amount"


@pytest.mark.rule("M9")
@pytest.mark.parametrize("value", [12345, date(2026, 10, 14), "=A1", True])
def test_the_number_of_a_document_is_text(value: object) -> None:
    (row,) = read_sheet(an_xlsx([["number"], [value]]), name="x")

    with pytest.raises(CellRefused):
        row.identifier("number")


def test_a_text_that_begins_like_a_formula_is_a_text() -> None:
    def as_text(page):
        page["A2"].value = "=cmd()"
        page["A2"].data_type = "s"

    (row,) = read_sheet(an_xlsx([["number"], ["x"]], as_text), name="x")

    assert row.identifier("number") == "=cmd()"


def test_a_day_is_a_date_or_its_text() -> None:
    rows = list(
        read_sheet(
            an_xlsx([["day"], [date(2026, 10, 14)], ["2026-10-14"], ["20261014"], [46309]]),
            name="x",
        )
    )

    assert [row.day("day") for row in rows[:2]] == [date(2026, 10, 14)] * 2
    for row in rows[2:]:
        with pytest.raises(CellRefused):
            row.day("day")


def test_a_hidden_row_is_read_and_refused() -> None:
    facts = ["", 'hidden="1"', 'ht="0" customHeight="1"', ""]
    rows = [
        f'<row r="{number}" {fact}>{text_cell(f"A{number}", "x")}</row>'
        for number, fact in enumerate(facts, 1)
    ]
    first, second, third = read_sheet(a_raw_xlsx(a_page("".join(rows))), name="x")

    for row in (first, second):
        with pytest.raises(RowHidden):
            row.check_seen()
    third.check_seen()


def test_a_row_with_a_formula_is_refused() -> None:
    (row,) = read_sheet(an_xlsx([HEAD, ["A", "=1+1"]]), name="x")

    with pytest.raises(CellRefused, match="Row 2: amount is formula"):
        row.check_seen()


def _hidden_sheet(page):
    page.parent.create_sheet("other").sheet_state = "hidden"


def _very_hidden_sheet(page):
    page.parent.create_sheet("other").sheet_state = "veryHidden"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_hidden_sheet, "hidden sheet"),
        (_very_hidden_sheet, "hidden sheet"),
        (lambda page: page.parent.create_sheet("other"), "not one sheet"),
        (lambda page: page.merge_cells("A1:B1"), "no heading|beyond the last heading"),
        (lambda page: page.merge_cells("A2:A3"), "merged"),
        (lambda page: page.merge_cells("B1:B2"), "merged"),
        (lambda page: setattr(page.column_dimensions["B"], "hidden", True), "column is hidden"),
        (lambda page: setattr(page.row_dimensions[1], "hidden", True), "headings is hidden"),
    ],
)
def test_what_cannot_be_seen_or_is_ambiguous_is_refused(change, said: str) -> None:
    data = an_xlsx([HEAD, ["A", "1"], ["B", "2"]], change)

    with pytest.raises(SheetUnreadable, match=said):
        read_sheet(data, name="x")


# ---------------------------------------------------------------- hostile archives


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


# ---------------------------------------------------------------- the child


def test_the_child_is_ended_when_it_takes_too_long() -> None:
    data = a_large_xlsx(20_000, 10)
    began = time.monotonic()

    with pytest.raises(SheetTooHeavy, match="too long"):
        read_sheet(data, name="x", seconds=0.5)

    assert time.monotonic() - began < 10


def test_the_child_has_no_more_memory_than_allowed() -> None:
    """The limits are the child's own from its first line on."""
    program = (
        "import resource; from tael.sheets.child import limit_this_process as limit; limit()\n"
        "print(*(resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)))\n"
        "b'x' * (600 * 1024 * 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == [str(512 * 1024 * 1024), "30"]
    assert "MemoryError" in done.stderr


def test_a_child_that_ends_badly_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("import os; os.abort()", "import os; os.kill(os.getpid(), 9)", "print('[]')"):
        fake = _Child(program)
        with monkeypatch.context() as patch:
            patch.setattr(read.subprocess, "Popen", fake)
            with pytest.raises(SheetTooHeavy):
                read_sheet(b"a,b\n", name="x")
        assert fake.started


class _Child:
    """Starts a program of the test's instead of the reader."""

    def __init__(self, program: str) -> None:
        self.program, self.started = program, False
        self.real = subprocess.Popen

    def __call__(self, _: list[str], **given):
        self.started = True
        return self.real([sys.executable, "-c", self.program], **given)


def test_the_child_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEL_SECRET_KEY", "do not tell")
    seen: dict[str, dict[str, str]] = {}
    real = subprocess.Popen

    def watched(arguments, **given):
        seen["env"] = given["env"]
        return real(arguments, **given)

    monkeypatch.setattr(read.subprocess, "Popen", watched)
    read_sheet(b"a\n1\n", name="x")

    assert set(seen["env"]) <= {"LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT"}


def test_who_waits_too_long_for_others_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "WAIT_SECONDS", 0.01)
    held = [read._CHILDREN.acquire() for _ in range(limits.AT_ONCE_MAX)]
    try:
        with pytest.raises(SheetsBusy):
            read_sheet(b"a\n1\n", name="x")
    finally:
        for _ in held:
            read._CHILDREN.release()


def test_the_reader_itself_grows_by_at_most_64_megabytes() -> None:
    """Measured in a process of its own, from the upload in hand to the last row seen."""
    program = (
        "import resource, sys\n"
        "from tael.sheets import read_sheet\n"
        "data = sys.stdin.buffer.read()\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "sheet = read_sheet(data, name='x')\n"
        "rows = sum(len(row.cells) for row in sheet)\n"
        "print(len(sheet), rows, peak() - before)\n"
    )
    data = a_csv([[f"c{place}" for place in range(20)]] + [["0123456"] * 20 for _ in range(50_000)])
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, capture_output=True, check=True
    )

    rows, cells, grown = map(int, done.stdout.split())
    assert (rows, cells) == (50_000, 1_000_000)
    assert grown <= 64 * 1024, f"{grown} KiB"


def test_the_tests_own_limit_is_not_touched() -> None:
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_a_workbook_without_sheets_of_cells_is_refused() -> None:
    book = openpyxl.Workbook()
    with pytest.raises(SheetUnreadable, match="nothing in the sheet"):
        read_sheet(saved(book), name="x")
