"""A bank's message is read entry by entry; what is no such message, or more than one, is refused."""

from __future__ import annotations

import io
import json

import pytest

from bank_builders import a_camt, an_entry
from tael.sheets.camt_053 import COLUMNS, camt_rows
from tael.sheets.refusals import SheetUnreadable
from tael.sheets.table import Table

pytestmark = pytest.mark.rule("A26", "T15")


def told(content: bytes) -> list[dict[str, str]]:
    """What the child would hand back: a fact by column for each row."""
    out = io.BytesIO()
    camt_rows(content, Table(out, ()))
    rows = [json.loads(line)[2] for line in out.getvalue().splitlines()]
    return [dict(zip(COLUMNS, row, strict=False)) for row in rows]


def test_transactions_that_do_not_come_to_their_entry_are_one_line() -> None:
    entry = an_entry("-5.00", reference="B1", parts=[("2.00", "41"), ("2.00", "42")])
    statement, line = told(a_camt([entry], opening="-1.00", closing="4.00"))
    assert (statement["opening"], statement["closing"], statement["account"]) == (
        "-1.00",
        "4.00",
        "CN1234567890",
    )
    assert (line["amount"], line["reference"], line["end_to_end"]) == ("-5.00", "B1", "")


def test_a_payer_who_gave_no_number_has_none() -> None:
    _, line = told(a_camt([an_entry("5.00", parts=[("5.00", "NOTPROVIDED")])]))
    assert (line["end_to_end"], line["counterparty"]) == ("", "Li Hua")


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><Document>&x;</Document>',
        b"<Document><BkToCstmrStmt/></Document>",
        b"<Document",
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt/></Document>',
    ],
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        told(content)
