"""Of a workbook each sort of cell is told apart; what nobody can have seen or meant is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheet_files import (
    a_page,
    a_raw_xlsx,
    an_xlsx,
    text_cell,
)
from tael.sheets import (
    Cell,
    CellRefused,
    RowHidden,
    SheetUnreadable,
    read_sheet,
)

pytestmark = pytest.mark.rule("T15")

HEAD = ["number", "amount"]


def test_each_sort_of_cell_is_told_apart(by_a_child: None) -> None:
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
