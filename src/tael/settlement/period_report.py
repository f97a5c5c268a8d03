"""Period reports (期初期末報表): opening, what came, what went, closing; each begins where the last one ended.

A report that was made never changes. The same figures are given live for any days, as of any date.

Source: B-28, B-29, E-16; peers-settlement-invest A13, A38; I19; X-B1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.refusal import Because, Refusal
from tael.settlement.account_days import begin_of, zone_of
from tael.settlement.account_details import LINES, WORDS, Detail, details_from
from tael.settlement.bill_run import terms_of
from tael.settlement.merchant_account import account_from
from tael.settlement.models import MerchantAccountRow, PeriodReport, Terms
from tael.settlement.terms import cycle_of, terms_in_force
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from tael.money import Money
    from tael.settlement.merchant_account import MerchantAccount

__all__ = [
    "Figures",
    "Part",
    "PeriodReport",
    "ReportDoesNotAddUp",
    "ReportTooEarly",
    "UnknownReport",
    "figures_between",
    "figures_of_report",
    "make_due_reports",
    "make_reports",
    "period_report",
]

DAY: Final = timedelta(days=1)
PERIODS_MAX: Final = 400
"""So many periods of one account at once: more than a year of daily ones; the next call makes the rest."""
END: Final = datetime(9999, 1, 1, tzinfo=UTC)

_NEWEST: Final = "SELECT version FROM {book}.account WHERE id = %(account)s"
_REPORTED: Final = """
    SELECT a.number, a.opened_at, (SELECT max(last_day) FROM settlement_period_report WHERE account = a.number)
    FROM settlement_account AS a
"""
_FIRST: Final = (
    f"{LINES} SELECT min(e.effective_at) FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry"
)
_OPENING: Final = f"""
    {LINES}
    SELECT coalesce(sum(l.amount), 0)::bigint FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry
    WHERE l.version <= %(seen)s AND e.effective_at < %(until)s
"""
# The lines of a period: in effect within it, or known too late for the report in whose period they were.
_OF_PERIOD: Final = f"""
    {LINES}
    SELECT l.version, l.entry, e.kind, e.actor, e.effective_at, e.booked_at, e.reverses, l.amount,
        (%(opening)s + sum(l.amount) OVER (ORDER BY e.effective_at, l.version))::bigint,
        coalesce((SELECT n.info FROM {{book}}.entry_note AS n WHERE n.entry = l.entry), '')
    FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry
    WHERE l.version <= %(seen)s AND e.effective_at < %(until)s
        AND (e.effective_at >= %(since)s OR l.version > %(told)s)
    ORDER BY e.effective_at, l.version
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


class Part(NamedTuple):
    """What one sort of detail brought and took in a period; ``went`` is not above zero."""

    word: str
    lines: int
    came: Money
    went: Money


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period: closing = opening + came + went.

    Args:
        first, last: its days, both included; None where it is open on that side.
        made: the report that was made, None of live figures.
        details: its lines in order of effect, each with the balance after it.
    """

    account: MerchantAccount
    first: date | None
    last: date | None
    opening: Money
    came: Money
    went: Money
    closing: Money
    details: list[Detail]
    made: PeriodReport | None = None

    @property
    def parts(self) -> list[Part]:
        """Give what each sort of detail brought and took; sorts without a line are left out.

        Source: B-28; A32.
        """
        found = []
        for word in WORDS:
            moved = [one.amount for one in self.details if one.word == word]
            if moved:
                found.append(Part(word, len(moved), *_came_and_went(self.account, moved)))
        return found


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


def figures_of_report(report: PeriodReport) -> Figures:
    """Give a report's figures with its lines, which never change.

    Raises:
        ReportDoesNotAddUp: the lines give other figures than the report has.

    Source: B-28, B-29, E-16; I19.
    """
    account = account_from(report.account)
    earlier = PeriodReport.objects.filter(account=report.account_id, last_day__lt=report.last_day)
    before = earlier.order_by("-last_day").first()
    details = _details(account, report.opening, report.seen, report.ends_at, before)
    found = _figures(account, report.first_day, report.last_day, report.opening, details, report)
    stored = (report.came, report.went, report.closing, report.lines)
    if stored != (found.came.minor, found.went.minor, found.closing.minor, len(details)):
        raise ReportDoesNotAddUp(f"report {report.pk} of account {account.number}")
    return found


def figures_between(
    account: MerchantAccount, *, first: date | None = None, last: date | None = None
) -> Figures:
    """Give the figures of any days as they stand, by date of effect.

    Args:
        first: the first day, in the account's time zone; None begins with the account.
        last: the last day, included; None is up to now.

    Source: B-28; A13 (as of any date).
    """
    zone = zone_of(terms_in_force(account.number))
    since = None if first is None else begin_of(first, zone)
    until = END if last is None else begin_of(last + DAY, zone)
    version = _newest_line(account)
    opening = 0
    if since is not None:
        ((opening,),) = _rows(_OPENING, account, seen=version, until=min(since, until))
    values = {"seen": version, "until": until, "told": version, "opening": opening}
    rows = _rows(_OF_PERIOD, account, since=since or datetime.min.replace(tzinfo=UTC), **values)
    return _figures(account, first, last, opening, details_from(account, rows))


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
    ((oldest,),) = _rows(_FIRST, account)
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
    version = _newest_line(account)
    opening = before.closing if before else 0
    details = _details(account, opening, version, ends_at, before)
    came, went = _came_and_went(account, [one.amount for one in details])
    closing = opening + came.minor + went.minor
    ((held,),) = _rows(_OPENING, account, seen=version, until=ends_at)
    if held != closing:
        raise ReportDoesNotAddUp(
            f"account {account.number} held {held} on {last}; its report would close with {closing}"
        )
    return PeriodReport(
        account_id=account.number,
        first_day=first,
        last_day=last,
        ends_at=ends_at,
        seen=version,
        opening=opening,
        came=came.minor,
        went=went.minor,
        closing=closing,
        lines=len(details),
        made_at=at,
        made_by=actor,
    )


def _details(
    account: MerchantAccount,
    opening: int,
    seen: int,
    ends_at: datetime,
    before: PeriodReport | None,
) -> list[Detail]:
    """Give the lines that stand on the report after ``before``."""
    told = {
        "since": before.ends_at if before else datetime.min.replace(tzinfo=UTC),
        "told": before.seen if before else 0,
    }
    values = {"seen": seen, "until": ends_at, "opening": opening, **told}
    return details_from(account, _rows(_OF_PERIOD, account, **values))


def _figures(
    account: MerchantAccount,
    first: date | None,
    last: date | None,
    opening: int,
    details: list[Detail],
    made: PeriodReport | None = None,
) -> Figures:
    came, went = _came_and_went(account, [one.amount for one in details])
    begin = account.money(opening)
    return Figures(account, first, last, begin, came, went, begin + came + went, details, made=made)


def _came_and_went(account: MerchantAccount, moved: list[Money]) -> tuple[Money, Money]:
    minors = [one.minor for one in moved]
    came = sum(minor for minor in minors if minor > 0)
    return account.money(came), account.money(sum(minors) - came)


def _newest_line(account: MerchantAccount) -> int:
    """Give the number of the account's newest line, 0 before the first."""
    ((version,),) = _rows(_NEWEST, account)
    return int(version)


def _rows(statement: str, account: MerchantAccount, **values: Any) -> list[Any]:
    connection = books.connection()
    asked = {
        "account": account.account,
        "indexed_below": first_unindexed(connection),
        **values,
    }
    return Cursor(connection).execute(ledger.MAIN.sql(statement), asked).fetchall()
