"""A bill and a period report as files; lists are in `list_downloads.py`.

Whoever takes one is written down in the audit trail.

Source: E-11, E-13, E-16; peers-settlement-invest A39; reliability I31, T14, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.account_report import report_document
from tael.documents.bill_document import bill_document
from tael.documents.sheet import LINES_MAX
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.bills.bill_search import bill_facts
from tael.settlement.reports.period_report import figures_between, figures_of_report, period_report
from tael.web.backoffice.downloads import taken
from tael.web.backoffice.page import page
from tael.web.look.asked import Asked
from tael.web.look.attachment import reading_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff


@page(may="exports.take")
def bill_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give a bill as PDF, xlsx or csv.

    Raises:
        UnknownBill: there is none.
        FormatUnknown: not in that format.
    """
    facts = bill_facts(number)
    document = bill_document(facts, request.GET.get("format", "pdf"), reading_language())
    return taken(document, len(facts.lines), staff)


@page(may="exports.take")
def report_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give a period report as PDF, xlsx or csv.

    Raises:
        UnknownReport: there is none.
        FormatUnknown, DocumentTooLong: as they say.
    """
    figures = figures_of_report(period_report(number), most=LINES_MAX)
    document = report_document(figures, request.GET.get("format", "pdf"), reading_language())
    return taken(document, figures.lines, staff)


@page(may="exports.take")
def figures_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give the figures of any days of an account as PDF, xlsx or csv.

    Raises:
        UnknownMerchantAccount: there is none.
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, ("since", "until"))
    account, first, last = merchant_account(number), asked.day("since"), asked.day("until")
    figures = figures_between(account, first=first, last=last, most=LINES_MAX)
    document = report_document(figures, request.GET.get("format", "pdf"), reading_language())
    return taken(document, figures.lines, staff)


addresses: Final = [
    path("settlement/bills/<number:number>/file", bill_download, name="settlement-bill-download"),
    path(
        "settlement/reports/<number:number>/file",
        report_download,
        name="settlement-report-download",
    ),
    path(
        "settlement/accounts/<number:number>/figures/file",
        figures_download,
        name="settlement-figures-download",
    ),
]
