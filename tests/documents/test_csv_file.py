"""csv: what a spreadsheet would calculate is guarded, and the guard comes off again."""

from __future__ import annotations

import csv
import io

from documents.nasty_texts import NASTY
from tael.documents.csv_file import read_csv, write_csv
from tael.documents.sheet import plain
from tael.documents.wallet_statement import COLUMNS, read_statement, statement_sheet

INFO = COLUMNS.index("info")


def test_a_file_read_again_is_what_was_written(wallet):
    sheet = statement_sheet(read_statement(wallet), "zh-hant")

    rows = read_csv(write_csv(sheet))

    table = rows.index(list(sheet.columns))
    assert rows[table + 1 :] == [[plain(cell) for cell in row] for row in sheet.rows]
    assert rows[1 : table - 1] == [[label, plain(fact)] for label, fact in sheet.facts]
    assert [row[INFO] for row in rows[-len(NASTY) :]] == list(NASTY)


def test_no_text_can_be_taken_for_a_formula_and_no_amount_is_touched(wallet):
    content = write_csv(statement_sheet(read_statement(wallet), "en"))

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    infos = [row[INFO] for row in rows[-len(NASTY) :]]
    assert not [text for text in infos if text.lstrip(" \u00a0")[:1] in tuple("=+-@＝")]
    assert "-30.00" in [row[3] for row in rows if len(row) > INFO]
