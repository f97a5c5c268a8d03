"""Sheets as people and attackers make them, in memory."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def a_csv(rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A csv."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def an_xlsx(
    rows: Iterable[Sequence[Any]], change: Callable[[Worksheet], object] | None = None
) -> bytes:
    """A workbook with one sheet, changed before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    if change is not None:
        change(page)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_large_xlsx(rows: int, columns: int, text: str = "x") -> bytes:
    """A workbook of many rows, written as a stream."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [f"c{place}" for place in range(columns)])
        for row in range(1, rows + 1):
            for column in range(columns):
                page.write_string(row, column, f"{text}{row * columns + column}")
    return out.getvalue()


def with_shared_strings(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook that keeps each text once, as spreadsheet programs do."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return out.getvalue()


def a_raw_xlsx(
    sheet: str | bytes | None = None,
    members: Mapping[str, bytes] | None = None,
    *,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook whose sheet, and further members, are written as they are given."""
    plain = an_xlsx([["a", "b"], ["1", "2"]])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as there,
        zipfile.ZipFile(out, "w", compression) as archive,
    ):
        for name in there.namelist():
            content = there.read(name)
            if name == "xl/worksheets/sheet1.xml" and sheet is not None:
                content = sheet.encode() if isinstance(sheet, str) else sheet
            archive.writestr(name, content)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def a_page(data: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet with given rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{NAMESPACE}">'
        f"<sheetData>{data}</sheetData>{after}</worksheet>"
    )


def text_cell(place: str, text: str) -> str:
    """The XML of a text cell."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
