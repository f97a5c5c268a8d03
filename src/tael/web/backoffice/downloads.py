"""Lists as files: exactly the records that the filter in the address finds, by the list's own query.

Whoever takes one is written down in the audit trail.

Source: F-22, E-03; reliability I31, T14, T15.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.download import sheet_document, statement_document
from tael.documents.wallet_statement import read_statement
from tael.parties.export import note_export
from tael.wallet.account_statement import Period
from tael.wallet.wallet import wallet as find_wallet
from tael.web.backoffice import flows, wallet
from tael.web.backoffice.page import page
from tael.web.look.asked import Asked
from tael.web.look.attachment import attachment, reading_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.documents.download import Document
    from tael.web.backoffice.page import Staff


@page(may="exports.take")
def statement_download(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Give the statement of a wallet as a file.

    Raises:
        UnknownWallet: there is none.
        FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, wallet.FILTERS)
    period = Period(
        operation=asked.operation(), since=asked.begin_of("since"), until=asked.end_of("until")
    )
    statement = read_statement(find_wallet(number), period)
    form = request.GET.get("format", "pdf")
    document = statement_document(statement, form, reading_language())
    return taken(document, len(statement.lines), staff)


@page(may="exports.take")
def flows_download(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Give the flow records that the list's filter finds as a file.

    Raises:
        FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, flows.FILTERS)
    sheet = flows.filter_of(asked).sheet(reading_language())
    return taken(sheet_document(sheet, request.GET.get("format", "xlsx")), len(sheet.rows), staff)


def taken(document: Document, rows: int, staff: Staff) -> HttpResponse:
    """Give a file, and write down who took it."""
    note_export(
        actor=staff.actor,
        file=document.name,
        rows=rows,
        at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
    )
    return attachment(document)


addresses: Final = [
    path("wallets/<number:number>/file", statement_download, name="statement-download"),
    path("flows/file", flows_download, name="flows-download"),
]
