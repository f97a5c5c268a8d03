"""A document in the form that was asked for: its name, its kind and its bytes.

Source: architecture, section 5; reliability, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael.documents.csv_file import write_csv
from tael.documents.wallet_statement import statement_sheet
from tael.documents.xlsx_file import write_xlsx
from tael.refusal import Refusal

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Sheet
    from tael.documents.wallet_statement import WalletStatement

CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
SHEET_FORMATS: Final = ("csv", "xlsx")
STATEMENT_FORMATS: Final = (*SHEET_FORMATS, "pdf")


class FormatUnknown(Refusal):
    """This document is not written in the format that was asked for."""

    code = "document_format_unknown"
    remedy = "Use csv or xlsx; a statement may also be pdf."


class Document(NamedTuple):
    """A file to be given to somebody."""

    name: str
    content_type: str
    content: bytes


def statement_document(statement: WalletStatement, form: str, language: Language) -> Document:
    """Write a statement as csv, xlsx or PDF.

    Raises:
        FormatUnknown: in another.

    Source: F-22; I-140.
    """
    if form != "pdf":
        return sheet_document(statement_sheet(statement, language), form, STATEMENT_FORMATS)
    from tael.documents.pdf_file import write_pdf  # noqa: PLC0415 - loads a typesetter of 80 MB

    return Document(f"{statement.name}.pdf", CONTENT_TYPES["pdf"], write_pdf(statement, language))


def sheet_document(sheet: Sheet, form: str, formats: tuple[str, ...] = SHEET_FORMATS) -> Document:
    """Write a table as csv or xlsx.

    Raises:
        FormatUnknown: in another.

    Source: reliability, T15.
    """
    if form not in SHEET_FORMATS:
        raise FormatUnknown(
            "This document is not written in that format.",
            field="format",
            there=ascii(form)[:20],
            allowed=", ".join(formats),
        )
    content = write_csv(sheet) if form == "csv" else write_xlsx(sheet)
    return Document(f"{sheet.name}.{form}", CONTENT_TYPES[form], content)
