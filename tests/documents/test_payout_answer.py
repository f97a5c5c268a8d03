"""What is brought as the bank's answer and is none: refused as a whole, nothing kept, nothing moved (T15)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from settlement_batch_builders import with_the_bank
from settlement_payout_builders import now
from sheet_files import a_csv, a_page, a_raw_xlsx, an_xlsx, text_cell
from tael.documents.payout_answer import read_answer
from tael.refusal import Refusal
from tael.settlement.models import MerchantWithdrawal, ResultFile
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.result_file import import_result

if TYPE_CHECKING:
    from collections.abc import Mapping

ROW = ["P1", "1", "5", "500001", "Ann", "6222", "ICBC", "1.00", "CNY", "2026-11-01", "paid", "F1"]
TABLE = [list(COLUMNS), ROW]
HEADS = "".join(text_cell(f"{chr(65 + place)}1", head) for place, head in enumerate(COLUMNS))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def hidden(page):
    page.parent.create_sheet("other").sheet_state = "hidden"


def merged(page):
    page.merge_cells("H2:H3")


WHOLE = {
    # what it is: the bytes, under which name, what the refusal says
    "a program inside": (
        a_raw_xlsx(members={"xl/vbaProject.bin": OLE + bytes(2000)}),
        "result.xlsm",
        "macros",
    ),
    "the same under another name": (
        a_raw_xlsx(members={"xl/embeddings/one.bin": OLE + bytes(2000)}),
        "result.xlsx",
        "object inside",
    ),
    "an old workbook": (OLE + bytes(4000), "result.xlsx", "old or an encrypted"),
    "a letter": (zipped({"word/document.xml": b"<w/>"}), "result.xlsx", "cannot be read"),
    "a zipped csv": (zipped({"result.csv": a_csv(TABLE)}), "result.xlsx", "cannot be read"),
    "a page of the web": (b"<html><table></table></html>", "result.xls", "no pain.002"),
    "a printed page": (b"%PDF-1.7\n1 0 obj\n", "result.csv", "no column batch"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "result.csv", "no text"),
    "a message with entities": (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><Document>&a;</Document>',
        "result.xml",
        "no XML",
    ),
    "a bomb": (zipped({"xl/workbook.xml": bytes(60_000_000)}), "result.xlsx", "too large|densely"),
    "a hidden sheet": (an_xlsx(TABLE, hidden), "result.xlsx", "hidden sheet"),
    "merged cells": (an_xlsx([*TABLE, ROW], merged), "result.xlsx", "merged"),
    "a heading twice": (an_xlsx([[*COLUMNS, "amount"], [*ROW, "", "", "9"]]), "x", "same heading"),
    "a heading less": (a_csv([COLUMNS[:7], ROW[:7]]), "result.csv", "no column amount"),
    "nothing": (b" \r\n", "result.csv", "empty"),
}


@pytest.mark.rule("T15", "A24")
def test_what_is_no_answer_is_refused_whole_and_changes_nothing(db):
    batch, _content = with_the_bank("10.00")
    before = list(MerchantWithdrawal.objects.values())

    for what, (data, name, said) in WHOLE.items():
        with pytest.raises(Refusal, match=said) as refused:
            import_result(number=batch.pk, sheet=read_answer(data, name=name), instruction=now())
        assert refused.value.remedy, what

    assert list(MerchantWithdrawal.objects.values()) == before
    assert not ResultFile.objects.exists()


@pytest.mark.rule("T15")
def test_what_it_is_counts_not_what_it_is_called_and_emptiness_costs_nothing():
    empty = "".join(f'<row r="{number}"/>' for number in range(2, 100_000))
    rows = {
        "workbook.csv": (an_xlsx(TABLE), 1),
        "table.xlsx": (a_csv(TABLE), 1),
        "many.xlsx": (a_raw_xlsx(a_page(f'<row r="1">{HEADS}</row>{empty}')), 0),
        "many.csv": (a_csv(TABLE) + b"\r\n" * 1_000_000, 1),
    }

    for name, (data, count) in rows.items():
        sheet = read_answer(data, name=name)
        assert (sheet.columns, sheet.count) == (tuple(COLUMNS), count), name
