"""`tael merchant report|reports|details`: opening and closing of a merchant account, and its lines.

Source: B-28, B-29, E-11, E-16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.period_reports import detail_out, figures_out, report_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.file import DAY, file_options, kind_of, write
from tael.cli.list_file import Saved, saved_option
from tael.documents.account_report import report_document
from tael.documents.download import SHEET_FORMATS, STATEMENT_FORMATS
from tael.documents.labels import parse_language
from tael.documents.listing import list_document
from tael.documents.settlement_lists import DETAILS, REPORTS, DetailsOf
from tael.documents.sheet import LINES_MAX
from tael.settlement.accounts.account_days import details_of_days
from tael.settlement.accounts.account_details import WORDS, account_details, detail_totals
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.reports.period_report import (
    figures_between,
    figures_of_report,
    make_reports,
    period_report,
)
from tael.settlement.reports.report_search import ReportsWanted, report_totals
from tael.settlement.reports.report_search import reports as find_reports

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from tael.cli.call import Call

REPORT_COLUMNS: Final = (
    "number",
    "account",
    "first_day",
    "last_day",
    "opening",
    "came",
    "went",
    "closing",
    "lines",
)
DETAIL_COLUMNS: Final = ("number", "effective_at", "what", "document", "amount", "after", "info")
PART_COLUMNS: Final = ("what", "lines", "came", "went")


@command("report")
@click.argument("account", type=NUMBER)
@click.option("--since", type=DAY, help="The first day; of the account's time zone.")
@click.option("--until", type=DAY, help="The last day, included: the figures as of that day.")
@click.option("--number", type=NUMBER, help="A report that was made, instead of live figures.")
@click.option("--cursor", help="The next page of the lines.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@file_options(STATEMENT_FORMATS)
def report(
    _call: Call,
    *,
    account: int,
    since: datetime | None,
    until: datetime | None,
    number: int | None,
    cursor: str | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
) -> Facts:
    """Show opening, entries, exits and closing of an account, of any days or of a report; --to writes a file."""
    found = merchant_account(account)
    written = form is not None or to is not None
    most = LINES_MAX if written else 0
    if number is not None:
        figures = figures_of_report(period_report(number, owner=found.owner), most=most)
    else:
        figures = figures_between(found, first=_day(since), last=_day(until), most=most)
    if written:
        made = report_document(figures, kind_of(form, to), parse_language(language))
        return Facts(write(made, to, overwrite=overwrite) | {"closing": money_out(figures.closing)})
    return _Figures(figures_out(figures, cursor=cursor, limit=limit))


@command("reports")
@click.argument("account", type=NUMBER)
@click.option("--make", is_flag=True, help="First make those of the periods that have ended.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def reports(
    call: Call, *, account: int, make: bool, before: int | None, limit: int, saved: Saved
) -> Listing | Facts:
    """List the period reports of an account, newest first, with what came and went in all of them."""
    found = merchant_account(account)
    if make:
        make_reports(account=found, actor=call.actor, at=call.at)
    wanted = ReportsWanted(account=found.number)
    if saved.wanted:
        return saved.of(REPORTS, wanted, name=f"reports-{found.number}")
    rows = find_reports(wanted, limit=limit, before=before)
    more = f"--before {rows[-1].report.pk}" if len(rows) == limit else ""
    totals: dict[str, Any] = {}
    for one in report_totals(wanted):
        totals |= {"came": money_out(one.came), "went": money_out(one.went)}
    return Listing(REPORT_COLUMNS, [report_out(row) for row in rows], more, totals)


@command("details")
@click.argument("account", type=NUMBER)
@click.option("--what", type=click.Choice(WORDS), help="What made them.")
@click.option("--since", type=DAY, help="In effect on this day or later.")
@click.option("--until", type=DAY, help="In effect on this day or before.")
@click.option("--before", type=NUMBER, help="Those before this line.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@file_options(SHEET_FORMATS)
def details(
    _call: Call,
    *,
    account: int,
    what: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
) -> Listing | Facts:
    """List the lines of an account, newest first, each with what made it and the amount after it."""
    found = merchant_account(account)
    wanted = details_of_days(found.number, word=what, first=_day(since), last=_day(until))
    if form is not None or to is not None:
        made, rows = list_document(
            DETAILS,
            DetailsOf(found, wanted),
            kind_of(form, to),
            parse_language(language),
            name=f"details-{found.number}",
        )
        return Facts(write(made, to, overwrite=overwrite) | {"rows": rows})
    lines = account_details(found, wanted, limit=limit, before=before)
    more = f"--before {lines[-1].number}" if len(lines) == limit else ""
    totals = detail_totals(found, wanted)
    around: dict[str, Any] = {"came": money_out(totals.came), "went": money_out(totals.went)}
    return Listing(DETAIL_COLUMNS, [detail_out(one) for one in lines], more, around)


class _Figures(Facts):
    """The figures of a period for people: the facts, then what made them, then the lines."""

    def as_text(self) -> str:
        """Write the facts and the tables."""
        tables = {"parts", "lines", "next_cursor", "has_more"}
        plain = {name: fact for name, fact in self.data.items() if name not in tables}
        parts = Listing(PART_COLUMNS, self.data["parts"]).as_text()
        more = f"--cursor {self.data['next_cursor']}" if self.data["has_more"] else ""
        lines = Listing(DETAIL_COLUMNS, self.data["lines"], more).as_text()
        return Facts(plain, ["", parts, "", lines]).as_text()


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


COMMANDS: Final = (report, reports, details)
"""What the group `tael merchant` has of this file."""
