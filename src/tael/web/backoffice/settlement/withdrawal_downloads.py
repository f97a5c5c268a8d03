"""One payout explained to the cent as a file; lists are in `list_downloads.py`.

Whoever takes one is written down in the audit trail.

Source: E-15; peers-settlement-invest A32, A39; reliability I31, T14, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.payout_document import payout_document
from tael.settlement.payouts.withdrawal_search import withdrawal_seen
from tael.web.backoffice.downloads import taken
from tael.web.backoffice.page import page
from tael.web.look.attachment import reading_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff


@page(may="exports.take")
def withdrawal_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give one payout with the lines that explain it as PDF, xlsx or csv.

    Raises:
        UnknownMerchantWithdrawal: there is none.
        FormatUnknown, DocumentTooLong: as they say.
    """
    form = request.GET.get("format", "pdf")
    return taken(*payout_document(withdrawal_seen(number), form, reading_language()), staff)


addresses: Final = [
    path(
        "settlement/withdrawals/<number:number>/file",
        withdrawal_download,
        name="settlement-withdrawal-download",
    ),
]
