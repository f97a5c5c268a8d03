"""xlsx: text stays text, amounts are exact numbers, and another program reads the same."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from python_calamine import CalamineWorkbook

from documents.nasty_texts import NASTY
from tael.documents.sheet import Sheet, plain
from tael.documents.wallet_statement import COLUMNS, read_statement, statement_sheet
from tael.documents.xlsx_file import write_xlsx
from tael.money import Currency, Money

CNY = Currency("CNY", 2)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def a_sheet(*rows: list[object]) -> Sheet:
    return Sheet("name", "title", [], ["a"] * len(rows[0]), rows, AT)


def test_another_program_reads_what_was_written(wallet):
    sheet = statement_sheet(read_statement(wallet), "zh-hans")

    rows = read(write_xlsx(sheet))

    top = next(place for place, row in enumerate(rows) if row == list(sheet.columns))
    assert len(rows) == top + 1 + len(sheet.rows)
    for found, row in zip(rows[top + 1 :], sheet.rows, strict=True):
        for there, cell in zip(found, row, strict=True):
            if isinstance(cell, Money):
                assert (type(there), f"{there:.2f}") == (float, cell.text)
            elif isinstance(cell, datetime):
                assert there == cell.replace(tzinfo=None, microsecond=there.microsecond)
            else:
                assert str(there).removesuffix(".0") == plain(cell)
    infos = [row[COLUMNS.index("info")] for row in rows[-len(NASTY) :]]
    assert infos == list(NASTY)


def test_there_is_no_formula_and_no_link_in_the_file(wallet):
    content = write_xlsx(statement_sheet(read_statement(wallet), "en"))

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in page
        assert b"<hyperlink" not in page
        assert not [name for name in parts.namelist() if "external" in name.lower()]


@pytest.mark.parametrize(
    ("minor", "found"),
    [
        (999_999_999_999_999, 9_999_999_999_999.99),
        (-999_999_999_999_999, -9_999_999_999_999.99),
        (1_000_000_000_000_000, "10000000000000.00"),
        (2**63 - 1, "92233720368547758.07"),
        (-1, -0.01),
        (0, 0.0),
    ],
)
def test_an_amount_is_a_number_up_to_15_digits_and_text_beyond(minor, found):
    assert read(write_xlsx(a_sheet([Money(minor, CNY)])))[-1] == [found]


def test_control_signs_and_long_texts_come_back():
    texts = ["a\tb", "a\nb", "x" * 32_767, "\x01", "12345678901234567890"]

    assert read(write_xlsx(a_sheet(texts)))[-1] == texts


def test_the_same_data_make_the_same_bytes(wallet):
    sheet = statement_sheet(read_statement(wallet), "en")

    assert write_xlsx(sheet) == write_xlsx(sheet)
