"""The merchant's period reports (期初期末報表) and the details (明細) of his accounts.

Source: B-28, B-29, E-11, E-16; B-01 to B-06; peers-settlement-invest A13, A39, section 4.2; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import path

from tael.documents.account_report import report_document
from tael.documents.sheet import LINES_MAX
from tael.settlement.accounts.account_days import details_of_days
from tael.settlement.accounts.account_details import WORDS, account_details, detail_totals
from tael.settlement.accounts.merchant_account import merchant_account_of
from tael.settlement.reports.period_report import (
    LINES_SHOWN,
    figures_between,
    figures_of_report,
    period_report,
)
from tael.settlement.reports.report_search import ReportsWanted, reports
from tael.web.look.asked import Asked
from tael.web.look.attachment import attachment, reading_language
from tael.web.look.settlement_words import WORD_NAMES
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.settlement.accounts.account_details import DetailsWanted
    from tael.web.portal.page import Visitor

DETAILS: Final = ("what", "since", "until")


@page()
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the reports of one of the merchant's accounts, and show the figures of any days."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    asked = Asked(request.GET, ("since", "until"))

    def found() -> dict[str, Any]:
        if view is None:
            return {}
        before = before_of(request)
        listed = paged(
            lambda limit: reports(ReportsWanted(account=view.number), limit=limit, before=before),
            place=lambda row: row.report.pk,
            account=str(view.number),
        )
        since, until = _days(request.GET)
        return {
            "rows": listed.rows,
            "next": listed.next,
            "not_first": before is not None,
            "first_address": f"?account={view.number}",
            "query": urlencode(
                {"account": view.number, "since": since or "", "until": until or ""}
            ),
            "figures": figures_between(view.account, first=since, last=until, most=0),
        }

    facts = {"accounts": accounts, "view": view, "words": WORD_NAMES, "asked": asked}
    return list_page(request, visitor, "portal/merchant/reports.html", facts, found)


@page()
def one(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show one report with its lines.

    Raises:
        UnknownReport: it is none of his.
    """
    report = period_report(number, owner=visitor.customer)
    figures = figures_of_report(report, most=LINES_SHOWN)
    facts = {"figures": figures, "report": figures.made, "words": WORD_NAMES}
    return rendered(request, "portal/merchant/report.html", facts, visitor=visitor)


@page()
def details(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List what has moved one of the merchant's accounts, newest first, with the amount after each."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    asked = Asked(request.GET, DETAILS)

    def found() -> dict[str, Any]:
        if view is None:
            return {}
        wanted = details_wanted(view.number, request.GET)
        before = before_of(request)
        filters = {"account": str(view.number), **asked.fields}
        listed = paged(
            lambda limit: account_details(view.account, wanted, limit=limit, before=before),
            place=lambda row: row.number,
            **filters,
        )
        query = urlencode({name: text for name, text in filters.items() if text})
        return {
            "rows": listed.rows,
            "totals": detail_totals(view.account, wanted),
            "next": listed.next,
            "not_first": before is not None,
            "first_address": f"?{query}",
            "query": query,
        }

    facts = {"accounts": accounts, "view": view, "words": WORD_NAMES, "asked": asked}
    return list_page(request, visitor, "portal/merchant/details.html", facts, found)


@page()
def report_download(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Give a report as PDF, xlsx or csv.

    Raises:
        UnknownReport: it is none of his.
        FormatUnknown, DocumentTooLong: as they say.
    """
    report = period_report(number, owner=visitor.customer)
    figures = figures_of_report(report, most=LINES_MAX)
    form = request.GET.get("format", "pdf")
    return attachment(report_document(figures, form, reading_language()))


@page()
def figures_download(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Give the figures of any days of one of the merchant's accounts as PDF, xlsx or csv.

    Raises:
        UnknownMerchantAccount: it is none of his.
        FormatUnknown, DocumentTooLong: as they say.
    """
    account = merchant_account_of(visitor.customer, number)
    since, until = _days(request.GET)
    figures = figures_between(account, first=since, last=until, most=LINES_MAX)
    form = request.GET.get("format", "pdf")
    return attachment(report_document(figures, form, reading_language()))


def wanted_of(request: HttpRequest, visitor: Visitor) -> ReportsWanted:
    """Read the filter of the list: the reports of one of the merchant's accounts.

    Source: E-16; reliability T14.
    """
    view = chosen(request, own_accounts(visitor))
    return ReportsWanted(owner=visitor.customer, account=None if view is None else view.number)


def details_wanted(account: int, sent: QueryDict) -> DetailsWanted:
    """Read a filter.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-11; A39.
    """
    asked = Asked(sent, DETAILS)
    word = asked.word("what", WORDS)
    first, last = asked.day("since"), asked.day("until")
    return details_of_days(account, word=word, first=first, last=last)


def _days(sent: QueryDict) -> tuple[date | None, date | None]:
    asked = Asked(sent, ("since", "until"))
    return asked.day("since"), asked.day("until")


addresses: Final = [
    path("merchant/reports", listed, name="merchant-reports"),
    path("merchant/reports/<number:number>", one, name="merchant-report"),
    path("merchant/reports/<number:number>/file", report_download, name="merchant-report-download"),
    path("merchant/details", details, name="merchant-details"),
    path(
        "merchant/accounts/<number:number>/figures/file",
        figures_download,
        name="merchant-figures-download",
    ),
]
