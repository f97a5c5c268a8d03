"""Period reports (期初期末報表) and account details (明細) over HTTP.

Source: B-01 to B-06, B-28, B-29, E-11, E-16; peers-settlement-invest A13, A39.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Day, Filter, Limit, Number, PlainNumber
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.files import KINDS, LanguageAsked, StatementFormat, taken
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.documents.account_report import report_document
from tael.documents.settlement_lists import DETAILS, REPORTS, DetailsOf
from tael.documents.sheet import LINES_MAX
from tael.settlement.accounts.account_days import details_of_days
from tael.settlement.accounts.account_details import Detail, account_details, detail_totals
from tael.settlement.reports.period_report import (
    Figures,
    figures_between,
    figures_of_report,
    lines_of_figures,
    make_report_now,
    period_report,
)
from tael.settlement.reports.report_search import (
    ReportSeen,
    ReportsWanted,
    report_totals,
    reports,
)

router = Router(tags=["period reports"])

Word = Literal["bill", "reserve", "remittance", "collection", "adjustment", "withdrawal", "other"]
WordAsked = Annotated[Word | None, Query(description="What made the line.")]


class ReportIn(Body):
    """Of which account."""

    account: Number


class ReportOut(Out):
    """A period report: closing = opening + came + went; went is not above zero."""

    number: int
    account: int
    first_day: date
    last_day: date
    opening: MoneyOut
    came: MoneyOut
    went: MoneyOut
    closing: MoneyOut
    lines: int
    made_at: datetime


class ReportsOut(Page):
    """A page of reports, the newest first."""

    data: list[ReportOut]


class ReportTotalOut(Out):
    """What all reports of a filter tell of in one currency."""

    reports: int
    came: MoneyOut
    went: MoneyOut


class ReportTotalsOut(Out):
    """The sums, by currency."""

    data: list[ReportTotalOut]


class DetailOut(Out):
    """A line of an account: above zero it came, below zero it went."""

    number: Annotated[int, Field(description="Its place among the account's lines.")]
    what: Word
    document: Annotated[
        int | None,
        Field(description="Number of the bill, remittance, withdrawal, … that made it."),
    ]
    amount: MoneyOut
    after: Annotated[MoneyOut, Field(description="The account's amount after it.")]
    entry: int
    reverses: Annotated[int | None, Field(description="The entry that it takes back.")]
    effective_at: datetime
    booked_at: datetime
    info: str


class DetailsOut(Page):
    """A page of details in the order of booking, the newest first."""

    data: list[DetailOut]


class DetailTotalsOut(Out):
    """What all lines of a filter come to."""

    lines: int
    came: MoneyOut
    went: MoneyOut


class PartOut(Out):
    """What one sort of detail brought and took."""

    what: Word
    lines: int
    came: MoneyOut
    went: MoneyOut


class FiguresOfPeriodOut(Page):
    """The figures of a period and a page of its lines in order of effect; `report` is none of live figures."""

    account: int
    first_day: date | None
    last_day: date | None
    opening: MoneyOut
    came: MoneyOut
    went: MoneyOut
    closing: MoneyOut
    parts: list[PartOut]
    lines: list[DetailOut]
    report: int | None
    made_at: datetime | None


def report_out(seen: ReportSeen) -> dict[str, Any]:
    """Write a report."""
    row = seen.report
    return {
        "number": row.pk,
        "account": seen.account.number,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "opening": money_out(seen.opening),
        "came": money_out(seen.came),
        "went": money_out(seen.went),
        "closing": money_out(seen.closing),
        "lines": row.lines,
        "made_at": moment_out(row.made_at),
    }


def detail_out(one: Detail) -> dict[str, Any]:
    """Write a line of an account."""
    return {
        "number": one.number,
        "what": one.word,
        "document": one.document,
        "amount": money_out(one.amount),
        "after": money_out(one.after),
        "entry": one.entry,
        "reverses": one.reverses,
        "effective_at": moment_out(one.effective_at),
        "booked_at": moment_out(one.booked_at),
        "info": one.info,
    }


def figures_out(
    figures: Figures, *, cursor: str | None = None, limit: int = PAGE_DEFAULT
) -> dict[str, Any]:
    """Write the figures of a period, and a page of its lines."""
    made = figures.made
    found = page(
        lambda after, many: lines_of_figures(figures, after=after, limit=many),
        cursor=cursor,
        limit=limit,
        place=lambda one: one.number,
        write=detail_out,
    )
    return {
        "account": figures.account.number,
        "first_day": None if figures.first is None else figures.first.isoformat(),
        "last_day": None if figures.last is None else figures.last.isoformat(),
        "opening": money_out(figures.opening),
        "came": money_out(figures.came),
        "went": money_out(figures.went),
        "closing": money_out(figures.closing),
        "parts": [
            {
                "what": part.word,
                "lines": part.lines,
                "came": money_out(part.came),
                "went": money_out(part.went),
            }
            for part in figures.parts
        ],
        "lines": found["data"],
        "next_cursor": found["next_cursor"],
        "has_more": found["has_more"],
        "report": None if made is None else made.pk,
        "made_at": moment_or_none(None if made is None else made.made_at),
    }


class ReportFilter(Filter):
    """Which reports are meant; days are of the period's last one."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    since: Day | None = None
    until: Day | None = None

    def wanted(self, call: Call) -> ReportsWanted:
        """Read it for a caller, who may be one merchant.

        Raises:
            UnknownMerchantAccount, UnknownCustomer: it names another's.
        """
        if self.account is not None:
            reached(call, self.account, field="account")
        return ReportsWanted(self.account, own_or_any(call, self.owner), self.since, self.until)


ReportsAsked = Annotated[ReportFilter, Query()]


@endpoint(router, "GET", "/period-reports", answers=ReportsOut, problems={404})
def list_period_reports(
    request: ApiRequest,
    asked: ReportsAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the reports that were made, the newest first; days are of the period's last one."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda before, many: reports(wanted, before=before, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda seen: seen.report.pk,
            write=report_out,
        )
    )


@endpoint(router, "GET", "/period-reports/totals", answers=ReportTotalsOut, problems={404})
def get_period_report_totals(request: ApiRequest, asked: ReportsAsked) -> Answer:
    """Add up what all reports of a filter tell of, by currency."""
    data = [
        {"reports": one.reports, "came": money_out(one.came), "went": money_out(one.went)}
        for one in report_totals(asked.wanted(request.call))
    ]
    return Answer({"data": data})


@endpoint(
    router, "GET", "/period-reports/file", answers=None, answer_types=KINDS[:2], problems={404}
)
def download_period_reports(
    request: ApiRequest, asked: ReportsAsked, file: FileAsked
) -> HttpResponse:
    """Download the reports that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, REPORTS, asked.wanted(request.call), file)


@endpoint(
    router,
    "POST",
    "/period-reports",
    answers=FiguresOfPeriodOut,
    status=CREATED,
    problems={404, 409},
)
def make_period_report(request: ApiRequest, body: ReportIn) -> Answer:
    """Make the reports of all periods of an account that have ended; answers with the newest and its first lines."""
    call = request.call
    account = reached(call, body.account, field="account")
    made = make_report_now(account=account, actor=call.actor, at=call.received_at)
    return Answer(figures_out(figures_of_report(period_report(made.pk), most=0)))


@endpoint(router, "GET", "/period-reports/{number}", answers=FiguresOfPeriodOut)
def get_period_report(
    request: ApiRequest,
    number: PlainNumber,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """Show one report with its lines, page by page in order of effect; it never changes."""
    report = period_report(number, owner=request.call.customer)
    return Answer(figures_out(figures_of_report(report, most=0), cursor=cursor, limit=limit))


@endpoint(router, "GET", "/period-reports/{number}/file", answers=None, answer_types=KINDS)
def download_period_report(
    request: ApiRequest,
    number: PlainNumber,
    format: StatementFormat,  # noqa: A002 - the word of the address
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Download a report as PDF, xlsx or csv; the same report gives the same bytes."""
    report = period_report(number, owner=request.call.customer)
    figures = figures_of_report(report, most=LINES_MAX)
    document = report_document(figures, format, language)
    return taken(request.call, document, rows=figures.lines)


@endpoint(router, "GET", "/merchant-accounts/{number}/figures", answers=FiguresOfPeriodOut)
def get_merchant_figures(
    request: ApiRequest,
    number: PlainNumber,
    since: Day | None = None,
    until: Day | None = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """Give opening, entries, exits and closing of any days as they stand, and their lines page by page.

    Days are of the account's zone.
    """
    account = reached(request.call, number, field="number")
    figures = figures_between(account, first=since, last=until, most=0)
    return Answer(figures_out(figures, cursor=cursor, limit=limit))


@endpoint(router, "GET", "/merchant-accounts/{number}/details", answers=DetailsOut)
def list_merchant_details(
    request: ApiRequest,
    number: PlainNumber,
    what: WordAsked = None,
    since: Day | None = None,
    until: Day | None = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the lines of an account, the newest first, each with what made it and the amount after it."""
    account = reached(request.call, number, field="number")
    wanted = details_of_days(number, word=what, first=since, last=until)
    return Answer(
        page(
            lambda before, many: account_details(account, wanted, before=before, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda one: one.number,
            write=detail_out,
        )
    )


@endpoint(router, "GET", "/merchant-accounts/{number}/details/totals", answers=DetailTotalsOut)
def get_merchant_detail_totals(
    request: ApiRequest,
    number: PlainNumber,
    what: WordAsked = None,
    since: Day | None = None,
    until: Day | None = None,
) -> Answer:
    """Add up all lines of a filter."""
    account = reached(request.call, number, field="number")
    found = detail_totals(account, details_of_days(number, word=what, first=since, last=until))
    body = {"lines": found.lines, "came": money_out(found.came), "went": money_out(found.went)}
    return Answer(body)


@endpoint(
    router,
    "GET",
    "/merchant-accounts/{number}/details/file",
    answers=None,
    answer_types=KINDS[:2],
)
def download_merchant_details(
    request: ApiRequest,
    number: PlainNumber,
    file: FileAsked,
    what: WordAsked = None,
    since: Day | None = None,
    until: Day | None = None,
) -> HttpResponse:
    """Download the lines of an account as csv or xlsx, the newest first."""
    account = reached(request.call, number, field="number")
    wanted = DetailsOf(account, details_of_days(number, word=what, first=since, last=until))
    return list_file(request.call, DETAILS, wanted, file, name=f"details-{number}")
