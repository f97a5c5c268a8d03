"""A document has a name, a kind and its bytes; another format is refused."""

from __future__ import annotations

import pytest

from tael.documents.download import FormatUnknown, sheet_document, statement_document
from tael.documents.flow_list import flow_sheet
from tael.documents.wallet_statement import read_statement


def test_a_statement_is_csv_xlsx_or_pdf(wallet):
    statement = read_statement(wallet)

    for form, begins in (("csv", b"\xef\xbb\xbfAccount"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        document = statement_document(statement, form, "en")
        assert document.name == f"{statement.name}.{form}"
        assert document.content.startswith(begins)
    with pytest.raises(FormatUnknown) as refused:
        statement_document(statement, "docx", "en")
    assert refused.value.allowed == "csv, xlsx, pdf"


def test_a_list_is_no_pdf():
    with pytest.raises(FormatUnknown):
        sheet_document(flow_sheet([], "en"), "pdf")
