"""Bills, period reports and account details as files: the rows of the page, by its own query.

Whoever takes one is written down in the audit trail.

Source: E-11, E-13, E-16; peers-settlement-invest A39; reliability I31, T14, T15.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.account_report import details_document, report_document
from tael.documents.bill_document import bill_document, bill_list, record_list
from tael.parties.export import note_export
from tael.settlement.bill_search import bill_facts
from tael.settlement.merchant_account import merchant_account
from tael.settlement.period_report import figures_between, figures_of_report, period_report
from tael.web.backoffice.asked import Asked
from tael.web.backoffice.page import page
from tael.web.backoffice.settlement import bills, reports
from tael.web.look.attachment import attachment, reading_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.documents.download import Document
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
    return _taken(document, len(facts.lines), staff)


@page(may="exports.take")
def bills_download(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Give the bills that the list's filter finds as a file.

    Raises:
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    wanted = bills.wanted_of(Asked(request.GET, bills.FILTERS))
    made = bill_list(wanted, request.GET.get("format", "xlsx"), reading_language())
    return _taken(*made, staff)


@page(may="exports.take")
def records_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give the business records behind a bill, or behind one of its lines, as a file.

    Raises:
        UnknownBill: there is none.
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, ("kind", "style"))
    made = record_list(
        bill_facts(number),
        request.GET.get("format", "xlsx"),
        reading_language(),
        kind=asked.text("kind"),
        style=asked.word("style", ("net", "reversal")) or "",
    )
    return _taken(*made, staff)


@page(may="exports.take")
def report_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give a period report as PDF, xlsx or csv.

    Raises:
        UnknownReport: there is none.
        FormatUnknown, DocumentTooLong: as they say.
    """
    figures = figures_of_report(period_report(number))
    document = report_document(figures, request.GET.get("format", "pdf"), reading_language())
    return _taken(document, len(figures.details), staff)


@page(may="exports.take")
def figures_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give the figures of any days of an account as PDF, xlsx or csv.

    Raises:
        UnknownMerchantAccount: there is none.
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, ("since", "until"))
    figures = figures_between(
        merchant_account(number), first=asked.day("since"), last=asked.day("until")
    )
    document = report_document(figures, request.GET.get("format", "pdf"), reading_language())
    return _taken(document, len(figures.details), staff)


@page(may="exports.take")
def details_download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give the details of an account that the list's filter finds as a file.

    Raises:
        UnknownMerchantAccount: there is none.
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say.
    """
    wanted = reports.details_wanted(number, Asked(request.GET, reports.DETAIL_FILTERS))
    form = request.GET.get("format", "xlsx")
    made = details_document(merchant_account(number), wanted, form, reading_language())
    return _taken(*made, staff)


def _taken(document: Document, rows: int, staff: Staff) -> HttpResponse:
    note_export(
        actor=staff.actor,
        file=document.name,
        rows=rows,
        at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
    )
    return attachment(document)


addresses: Final = [
    path("settlement/bills/file", bills_download, name="settlement-bills-download"),
    path("settlement/bills/<number:number>/file", bill_download, name="settlement-bill-download"),
    path(
        "settlement/bills/<number:number>/records/file",
        records_download,
        name="settlement-bill-records-download",
    ),
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
    path(
        "settlement/accounts/<number:number>/details/file",
        details_download,
        name="settlement-details-download",
    ),
]
