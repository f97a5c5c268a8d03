"""Merchants' withdrawals as files: the list that the filter finds, and one payout explained to the cent.

Whoever takes one is written down in the audit trail.

Source: E-15; peers-settlement-invest A32, A39; reliability I31, T14, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.payout_document import payout_document, withdrawal_list
from tael.parties.export import note_export
from tael.settlement.withdrawal_search import withdrawal_seen
from tael.web.backoffice.acted import now
from tael.web.backoffice.asked import Asked
from tael.web.backoffice.page import page
from tael.web.backoffice.settlement import withdrawals
from tael.web.look.attachment import attachment, reading_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.documents.download import Document
    from tael.web.backoffice.page import Staff


@page(may="exports.take")
def withdrawals_download(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Give the withdrawals that the list's filter finds as a file.

    Raises:
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    wanted = withdrawals.wanted_of(Asked(request.GET, withdrawals.FILTERS))
    made = withdrawal_list(wanted, request.GET.get("format", "xlsx"), reading_language())
    return _taken(*made, staff)


@page(may="exports.take")
def withdrawal_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give one payout with the lines that explain it as PDF, xlsx or csv.

    Raises:
        UnknownMerchantWithdrawal: there is none.
        FormatUnknown, DocumentTooLong: as they say.
    """
    form = request.GET.get("format", "pdf")
    return _taken(*payout_document(withdrawal_seen(number), form, reading_language()), staff)


def _taken(document: Document, rows: int, staff: Staff) -> HttpResponse:
    note_export(actor=staff.actor, file=document.name, rows=rows, at=now())
    return attachment(document)


addresses: Final = [
    path(
        "settlement/withdrawals/file", withdrawals_download, name="settlement-withdrawals-download"
    ),
    path(
        "settlement/withdrawals/<number:number>/file",
        withdrawal_download,
        name="settlement-withdrawal-download",
    ),
]
