"""Period reports (期初期末報表) and account details (明細): opening, what came and went, closing, line by line.

Source: B-28, B-29, E-11, E-16; B-01 to B-06; peers-settlement-invest A13, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext

from tael.parties.queries import customer_names
from tael.refusal import Refusal
from tael.settlement.accounts.account_days import details_of_days
from tael.settlement.accounts.account_details import WORDS, account_details, detail_totals
from tael.settlement.accounts.merchant_account import amounts_now, merchant_account
from tael.settlement.reports.period_report import (
    LINES_SHOWN,
    figures_between,
    figures_of_report,
    make_report_now,
    period_report,
)
from tael.settlement.reports.report_search import ReportsWanted, report_totals, reports
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import told
from tael.web.look.settlement_words import WORD_NAMES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.settlement.accounts.account_details import DetailsWanted
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = ("account", "merchant", "since", "until")
DETAIL_FILTERS: Final = ("what", "since", "until")


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the reports that were made, newest first."""
    return _listed(request, staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one report with its lines."""
    figures = figures_of_report(period_report(number), most=LINES_SHOWN)
    return _figures(request, staff, {"figures": figures, "report": figures.made})


@page(may="settlement.see")
def live(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show the figures of any days of an account as they stand, as of any date."""
    account = merchant_account(number)
    asked = Asked(request.GET, ("since", "until"))
    try:
        first, last = asked.day("since"), asked.day("until")
        figures = figures_between(account, first=first, last=last, most=LINES_SHOWN)
    except Refusal as refusal:
        facts = {"figures": None, "account": account, "asked": asked, "refusal": refusal}
        return _figures(request, staff, facts, status=STATUS[refusal.because])
    return _figures(request, staff, {"figures": figures, "account": account, "asked": asked})


@page(may="bills.make", methods=("POST",))
def make(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Make the reports of an account's periods that have ended."""
    asked = Asked(request.POST, ("account",))
    try:
        said = told(request, actor=staff.actor, channel="Admin")
        account = merchant_account(asked.number("account") or 0)
        made = make_report_now(account=account, actor=said.actor, at=said.at)
    except Refusal as refusal:
        return _listed(request, staff, refusal=refusal)
    messages.success(request, gettext("The report is made."))
    return see("settlement-report", number=made.pk)


@page(may="settlement.see")
def details(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """List the details of an account, newest first, with the totals of all that the filter finds."""
    account = merchant_account(number)
    asked = Asked(request.GET, DETAIL_FILTERS)
    facts: dict[str, Any] = {
        "account": account,
        "merchant": customer_names([account.owner]).get(account.owner, ""),
        "amount": amounts_now([account])[account.number],
        "asked": asked,
        "words": WORD_NAMES,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = details_wanted(number, asked)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(
            request, "backoffice/settlement/details.html", facts, staff=staff, status=status
        )
    rows = account_details(account, wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": shown,
        "totals": detail_totals(account, wanted),
        "next": asked.query(before=shown[-1].number) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
        "query": asked.query(),
    }
    return rendered(request, "backoffice/settlement/details.html", facts, staff=staff)


def wanted_of(asked: Asked) -> ReportsWanted:
    """Read the filter of the list of reports.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-16; A39.
    """
    return ReportsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        since=asked.day("since"),
        until=asked.day("until"),
    )


def details_wanted(account: int, asked: Asked) -> DetailsWanted:
    """Read the filter of a list of details; its days are of the account's time zone.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-11; A39.
    """
    return details_of_days(
        account,
        word=asked.word("what", WORDS),
        first=asked.day("since"),
        last=asked.day("until"),
    )


def _listed(request: HttpRequest, staff: Staff, *, refusal: Refusal | None = None) -> HttpResponse:
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "typed": request.POST.get("account", "")[:18],
        "refusal": refusal,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
        rows = reports(wanted, limit=PAGE + 1, before=before)
    except Refusal as wrong:
        facts |= {"refusal": wrong}
        return rendered(
            request,
            "backoffice/settlement/reports.html",
            facts,
            staff=staff,
            status=STATUS[wrong.because],
        )
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": shown,
        "totals": report_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].report.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/reports.html", facts, staff=staff, status=status
    )


def _figures(
    request: HttpRequest, staff: Staff, facts: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    figures = facts["figures"]
    shown = {
        "account": facts.get("account") or figures.account,
        "words": WORD_NAMES,
        **facts,
    }
    return rendered(request, "backoffice/settlement/report.html", shown, staff=staff, status=status)


addresses: Final = [
    path("settlement/reports", listed, name="settlement-reports"),
    path("settlement/reports/make", make, name="settlement-report-make"),
    path("settlement/reports/<number:number>", one, name="settlement-report"),
    path("settlement/accounts/<number:number>/figures", live, name="settlement-figures"),
    path("settlement/accounts/<number:number>/details", details, name="settlement-details"),
]
