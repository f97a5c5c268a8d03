"""Period reports (期初期末報表): opening, what came, what went, closing; each begins where the last one ended.

A report that was made never changes. The same figures are given live for any days, as of any date.

Source: B-28, B-29, E-16; peers-settlement-invest A13, A38; I19; X-B1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.refusal import Because, Refusal
from tael.settlement.accounts.account_days import begin_of, zone_of
from tael.settlement.accounts.account_details import PAGE_MAX, Detail, Part, details_from, parts_of
from tael.settlement.accounts.account_lines import (
    BEGINNING,
    END,
    Span,
    first_effect,
    lines_by_effect,
    newest_line,
    sums_of,
)
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.accounts.terms import cycle_of, terms_in_force
from tael.settlement.bills.bill_run import terms_of
from tael.settlement.models import MerchantAccountRow, PeriodReport, Terms
from tael.wallet.account_statement import DaysReversed
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

__all__ = [
    "Figures",
    "Part",
    "PeriodReport",
    "ReportDoesNotAddUp",
    "ReportTooEarly",
    "UnknownReport",
    "figures_between",
    "figures_of_report",
    "lines_of_figures",
    "make_due_reports",
    "make_reports",
    "period_report",
]

DAY: Final = timedelta(days=1)
LINES_SHOWN: Final = 500
"""So many lines of a period stand on a page; of more it shows the sums only."""
PERIODS_MAX: Final = 400
"""So many periods of one account at once: more than a year of daily ones; the next call makes the rest."""

_REPORTED: Final = """
    SELECT a.number, a.opened_at, (SELECT max(last_day) FROM settlement_period_report WHERE account = a.number)
    FROM settlement_account AS a
"""


class UnknownReport(Refusal):
    """There is no such period report, or it is another merchant's."""

    code = "unknown_period_report"
    because: ClassVar[Because] = "absent"
    rule = "E-16"
    remedy = "Check the number of the report."


class ReportTooEarly(Refusal):
    """The account's first period has not ended; what goes on has no closing yet."""

    code = "period_report_too_early"
    because: ClassVar[Because] = "conflict"
    rule = "B-28"
    remedy = "Wait until the period has ended, or ask for the figures as of a day."


class ReportDoesNotAddUp(Exception):  # noqa: N818 - read as a sentence
    """Opening, lines and closing of a report that was about to be made part: the books are damaged."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period: closing = opening + came + went.

    Args:
        first, last: its days, both included; None where it is open on that side.
        parts: what each sort of detail brought and took; sorts without a line are left out.
        details: its lines in order of effect, each with the balance after it; none where they are more
            than were asked for.
        made: the report that was made, None of live figures.
        span: which lines of the account they are.
    """

    account: MerchantAccount
    first: date | None
    last: date | None
    opening: Money
    came: Money
    went: Money
    closing: Money
    parts: list[Part]
    details: list[Detail]
    span: Span
    made: PeriodReport | None = None

    @property
    def lines(self) -> int:
        """Count the lines of the period, those that ``details`` leaves out as well."""
        return sum(part.lines for part in self.parts)


def period_report(number: int, *, owner: int | None = None) -> PeriodReport:
    """Give a report that was made, with its account.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownReport: there is none, or it is another's.

    Source: E-16; reliability, T14.
    """
    rows = PeriodReport.objects.select_related("account")
    found = rows.filter(pk=number).first() if number > 0 else None
    if found is None or owner not in {None, found.account.owner}:
        message = "There is no such period report."
        raise UnknownReport(message, field="report", there=str(number)[:32])
    return found


def figures_of_report(report: PeriodReport, *, most: int | None = None) -> Figures:
    """Give a report's figures with its lines, which never change.

    Args:
        most: give the lines only where they are no more than so many.

    Raises:
        ReportDoesNotAddUp: the lines give other figures than the report has.

    Source: B-28, B-29, E-16; I19.
    """
    account = account_from(report.account)
    earlier = PeriodReport.objects.filter(account=report.account_id, last_day__lt=report.last_day)
    before = earlier.order_by("-last_day").first()
    span = _span(report.seen, report.ends_at, before)
    days = (report.first_day, report.last_day)
    found = _figures(account, days, report.opening, span, made=report, most=most)
    stored = (report.came, report.went, report.closing, report.lines)
    if stored != (found.came.minor, found.went.minor, found.closing.minor, found.lines):
        raise ReportDoesNotAddUp(f"report {report.pk} of account {account.number}")
    return found


def figures_between(
    account: MerchantAccount,
    *,
    first: date | None = None,
    last: date | None = None,
    most: int | None = None,
) -> Figures:
    """Give the figures of any days as they stand, by date of effect.

    Args:
        first: the first day, in the account's time zone; None begins with the account.
        last: the last day, included; None is up to now.
        most: give the lines only where they are no more than so many.

    Raises:
        DaysReversed: the last day is before the first.

    Source: B-28; A13 (as of any date).
    """
    if first is not None and last is not None and last < first:
        message = "The last day is before the first."
        raise DaysReversed(message, field="until", there=str(last), allowed=f"{first} or later")
    zone = zone_of(terms_in_force(account.number))
    since = BEGINNING if first is None else begin_of(first, zone)
    until = END if last is None else begin_of(last + DAY, zone)
    seen = newest_line(account)  # what is booked meanwhile is of neither figure
    opening = 0 if first is None else _held(account, seen=seen, until=min(since, until))
    span = Span(since=since, until=until, seen=seen, told=seen)
    return _figures(account, (first, last), opening, span, most=most)


def lines_of_figures(
    figures: Figures, *, limit: int = 50, after: int | None = None
) -> list[Detail]:
    """List the lines of a period in order of effect, each with the balance after it. A fixed number of queries.

    Args:
        limit: at most 200. after: those that follow the line of this number.

    Source: B-28, E-16; A39.
    """
    rows = lines_by_effect(
        figures.account,
        figures.span,
        opening=figures.opening.minor,
        after=after,
        limit=min(max(limit, 1), PAGE_MAX + 1),
    )
    return details_from(figures.account, rows)


@books.atomic
def make_reports(*, account: MerchantAccount, actor: str, at: datetime) -> list[PeriodReport]:
    """Make the reports of all periods that have ended, oldest first; what was made before stays as it is.

    The opening of each is the closing of the one before. Each is checked as it is made: opening and lines
    together must be what the account held by then.

    Raises:
        ReportDoesNotAddUp: the books are damaged; nothing is written.

    Source: B-28, B-29, E-16; I19; X-B1.
    """
    books.connection().execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"tael:period_report:{account.number}"],
    )
    terms = terms_in_force(account.number)
    newest = PeriodReport.objects.filter(account=account.number).order_by("-last_day").first()
    made: list[PeriodReport] = []
    for first, last in _ended(account, terms, newest, at):
        report = _report(account, first, last, zone_of(terms), newest, actor, at)
        report.save(force_insert=True)
        made.append(report)
        newest = report
        if len(made) == PERIODS_MAX:
            break
    return made


def make_report_now(*, account: MerchantAccount, actor: str, at: datetime) -> PeriodReport:
    """Make what is due and give the newest report; asked again, it gives the same one.

    Raises:
        ReportTooEarly: the account's first period has not ended.

    Source: B-28.
    """
    make_reports(account=account, actor=actor, at=at)
    newest = PeriodReport.objects.filter(account=account.number).order_by("-last_day").first()
    if newest is None:
        raise ReportTooEarly(
            "The first period of the account has not ended.",
            field="account",
            there=str(account.number),
        )
    return newest


def make_due_reports(*, at: datetime, actor: str = "system") -> int:
    """Make the reports of all accounts whose period has ended; gives how many. Each account by itself.

    Source: B-28; architecture, section 5 (jobs).
    """
    rows = MerchantAccountRow.objects.in_bulk(_behind(at))
    return sum(
        len(make_reports(account=account_from(row), actor=actor, at=at)) for row in rows.values()
    )


def _ended(
    account: MerchantAccount, terms: Terms, newest: PeriodReport | None, at: datetime
) -> Iterator[tuple[date, date]]:
    """Give the periods that have ended and have no report, oldest first."""
    zone, cycle = zone_of(terms), cycle_of(terms)
    today = at.astimezone(zone).date()
    begun = newest.last_day + DAY if newest else None
    first = begun or cycle.period_of(_born(account, zone)).first
    while (last := cycle.period_of(first).last) < today:
        yield first, last
        first = last + DAY


def _behind(at: datetime) -> list[int]:
    """Give the accounts of which a period has ended since their last report. Two queries."""
    standing = books.connection().execute(_REPORTED).fetchall()
    agreed = terms_of(number for number, _, _ in standing)
    found = []
    for number, opened_at, reported in standing:
        terms = agreed.get(number) or Terms(zone=str(business_zone()))
        zone = zone_of(terms)
        begun = reported + DAY if reported else opened_at.astimezone(zone).date()
        if cycle_of(terms).period_of(begun).last < at.astimezone(zone).date():
            found.append(number)
    return sorted(found)


def _born(account: MerchantAccount, zone: ZoneInfo) -> date:
    """Give the day of the account's opening, or of its first line where that was dated before."""
    row = MerchantAccountRow.objects.get(pk=account.number)
    oldest = first_effect(account)
    return min(row.opened_at, oldest or row.opened_at).astimezone(zone).date()


def _report(
    account: MerchantAccount,
    first: date,
    last: date,
    zone: ZoneInfo,
    before: PeriodReport | None,
    actor: str,
    at: datetime,
) -> PeriodReport:
    ends_at = begin_of(last + DAY, zone)
    if before is not None:  # a zone that changed must not let time go back
        ends_at = max(ends_at, before.ends_at)
    seen = newest_line(account)
    opening = before.closing if before else 0
    found = _figures(account, (first, last), opening, _span(seen, ends_at, before), most=0)
    held = _held(account, seen=seen, until=ends_at)
    if held != found.closing.minor:
        raise ReportDoesNotAddUp(
            f"account {account.number} held {held} on {last}; its report would close with {found.closing.minor}"
        )
    return PeriodReport(
        account_id=account.number,
        first_day=first,
        last_day=last,
        ends_at=ends_at,
        seen=seen,
        opening=opening,
        came=found.came.minor,
        went=found.went.minor,
        closing=found.closing.minor,
        lines=found.lines,
        made_at=at,
        made_by=actor,
    )


def _span(seen: int, ends_at: datetime, before: PeriodReport | None) -> Span:
    """Say which lines stand on the report after ``before``."""
    if before is None:
        return Span(until=ends_at, seen=seen, told=0)
    return Span(since=before.ends_at, until=ends_at, seen=seen, told=before.seen)


def _figures(
    account: MerchantAccount,
    days: tuple[date | None, date | None],
    opening: int,
    span: Span,
    *,
    made: PeriodReport | None = None,
    most: int | None = None,
) -> Figures:
    parts = parts_of(account, span)
    begin = account.money(opening)
    came = account.money(sum(part.came.minor for part in parts))
    went = account.money(sum(part.went.minor for part in parts))
    details: list[Detail] = []
    if most is None or sum(part.lines for part in parts) <= most:
        details = details_from(account, lines_by_effect(account, span, opening=opening))
    closing = begin + came + went
    return Figures(account, *days, begin, came, went, closing, parts, details, span, made)


def _held(account: MerchantAccount, *, seen: int, until: datetime) -> int:
    """Give what the lines up to ``seen`` that were in effect by then come to."""
    return sum(one.came + one.went for one in sums_of(account, Span(until=until, seen=seen)))
