"""The statement as a file: csv, xlsx or PDF of exactly the lines that the page's filter shows.

Source: F-22; I-140; reliability T14, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.download import statement_document
from tael.documents.wallet_statement import read_statement
from tael.wallet.wallet import wallet_of
from tael.web.look.attachment import attachment, reading_language
from tael.web.portal.page import page
from tael.web.portal.statement import wanted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def statement_download(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Give the statement of one of the customer's wallets as a file.

    Raises:
        UnknownWallet: it is none of his.
        FormatUnknown, DocumentTooLong: as they say.
    """
    statement = read_statement(wallet_of(visitor.customer, number), wanted(request.GET).period)
    form = request.GET.get("format", "pdf")
    return attachment(statement_document(statement, form, reading_language()))


addresses: Final = [
    path("statement/<number:number>/file", statement_download, name="statement-download")
]
