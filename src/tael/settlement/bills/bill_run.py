"""The bill run (出賬): at the beginning of the next period every due period of every account is billed, once.

A period is one row, which is its lock, its progress and its proof. A run that was killed goes on where it
stood, two at once share the work, and one that is finished does nothing.

Source: B-18, B-20, B-26; architecture, section 4; peers-settlement-invest A8, A9; reliability T3.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from psycopg import Cursor

from tael import books
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.accounts.terms import cycle_of
from tael.settlement.bills.bill_making import Due, make_bills
from tael.settlement.bills.bill_posting import ToIssue, issue_now
from tael.settlement.models import BillRun, BillRunItem, MerchantAccountRow, Terms
from tael.settlement.registry import parse_zone
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, tzinfo

    from tael.settlement.accounts.period import Cycle

__all__ = ["BillRun", "Progress", "bill_today", "open_run", "progress_of", "run_bills"]

log: Final = logging.getLogger(__name__)

CHUNK: Final = 100
ROWS_MAX: Final = 20_000
"""So many periods are opened at once; when these are done, the next."""
REASON_MAX: Final = 500
_SHAPE: Final = ("cycle", "anchor", "settle_after", "business_days", "calendar", "zone")

# The next period of each account whose earlier ones are done, so that each record finds the right bill;
# also what an earlier run has left, as nothing later of its account can be billed before it.
_CLAIM: Final = """
    SELECT i.id, i.account, i.first_day, i.last_day FROM settlement_bill_run_item AS i
    WHERE i.state <> 'done' AND i.id > %(after)s AND i.id <> ALL(%(parked)s::bigint[])
        AND NOT EXISTS (
            SELECT FROM settlement_bill_run_item AS earlier
            WHERE earlier.account = i.account AND earlier.last_day < i.last_day AND earlier.state <> 'done'
        )
    ORDER BY i.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_DONE: Final = """
    UPDATE settlement_bill_run_item AS item SET state = 'done', bill = d.bill, reason = '', done_at = %s,
        attempts = attempts + 1
    FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, bill) WHERE item.id = d.id
"""
_FINISHED: Final = """
    UPDATE settlement_bill_run AS run SET state = 'finished', finished_at = %s
    WHERE run.state = 'running' AND run.day <= %s AND NOT EXISTS (
        SELECT FROM settlement_bill_run_item AS i WHERE i.run = run.id AND i.state <> 'done'
    )
"""
_STANDING: Final = """
    SELECT a.number, a.opened_at, (SELECT max(last_day) FROM settlement_bill_run_item WHERE account = a.number)
    FROM settlement_account AS a
    WHERE %(before)s::timestamptz IS NULL OR a.opened_at < %(before)s
"""
_PROGRESS: Final = """
    SELECT count(*), count(*) FILTER (WHERE i.state = 'done'), count(*) FILTER (WHERE i.state = 'parked'),
        count(i.bill), coalesce(sum(b.records), 0)
    FROM settlement_bill_run_item AS i LEFT JOIN settlement_bill AS b ON b.number = i.bill WHERE i.run = %s
"""


class Progress(NamedTuple):
    """How far a run is: periods in all, done and parked; bills made of them; records on these."""

    periods: int
    done: int
    parked: int
    bills: int
    records: int


class _Item(NamedTuple):
    id: int
    account: int
    first: date
    last: date


@dataclass(slots=True)
class _Work:
    """One call's part of a run; what it has parked it does not try again."""

    run: BillRun
    actor: str
    at: datetime
    opened_before: datetime | None
    parked: list[int] = field(default_factory=list)


def run_bills(
    *,
    day: date,
    actor: str,
    at: datetime,
    told: Callable[[Progress], None] = lambda _progress: None,
    chunk: int = CHUNK,
    opened_before: datetime | None = None,
) -> Progress:
    """Bill every period that is due on a day, of every account; each chunk is a transaction of its own.

    A period that cannot be billed is parked with its reason and does not stop the others; it is tried
    again by the next run, whatever its day. Called twice at once, the two share the work; called again,
    it does nothing more. In a zone where the day has not begun, the periods that end before it wait.

    Args:
        day: the business day. told: hears of the progress after each chunk.
        chunk: so many accounts are billed in one transaction.
        opened_before: leaves younger accounts to a later run; None leaves none.

    Postings: see ``bill_posting.issue_now``, for each bill whose account's terms ask for no review.

    Source: B-18, B-20, B-26; A8, A9.
    """
    run = open_run(day=day, actor=actor, at=at, opened_before=opened_before)
    work = _Work(run, actor, at, opened_before)
    while True:
        _drain(work, told, chunk)
        if not _open_periods(work.run, at=at, opened_before=opened_before):
            break
    books.connection().execute(_FINISHED, [at, day])
    return progress_of(work.run.pk)


def bill_today(*, at: datetime, actor: str = "system") -> int:
    """Run the bills of the house's today, and give how many of its bills that made.

    Called again later in the day it bills the accounts of zones in which the day has begun since, and
    tries what was parked once more. An account that was opened today waits until tomorrow: between its
    opening and the records that are told of last month, its last month would be billed empty.

    Source: B-20.
    """
    if not MerchantAccountRow.objects.exists():
        return 0
    zone = business_zone()
    day = at.astimezone(zone).date()
    midnight = datetime.combine(day, time.min, tzinfo=zone)
    before = progress_of(open_run(day=day, actor=actor, at=at, opened_before=midnight).pk)
    run = run_bills(day=day, actor=actor, at=at, opened_before=midnight)
    return run.bills - before.bills


@books.atomic
def open_run(
    *, day: date, actor: str, at: datetime, opened_before: datetime | None = None
) -> BillRun:
    """Open the run of a day, or give the one that is there, with rows for periods that are due.

    Args:
        opened_before: leaves younger accounts without; None leaves none.

    Source: B-20; A9.
    """
    run, _ = BillRun.objects.get_or_create(
        day=day, defaults={"started_at": at, "started_by": actor}
    )
    _open_periods(run, at=at, opened_before=opened_before)
    return run


def progress_of(run: int) -> Progress:
    """Tell how far a run is.

    Source: A8.
    """
    row = books.connection().execute(_PROGRESS, [run]).fetchone()
    assert row is not None, "a count is always there"
    return Progress(*map(int, row))


def _drain(work: _Work, told: Callable[[Progress], None], chunk: int) -> None:
    """Bill what has rows, until nothing is left but what is parked or in another's hands."""
    after = 0
    while True:
        place, many = _one_chunk(work, after=after, limit=chunk)
        if many:
            told(progress_of(work.run.pk))
        elif after == 0:
            return
        after = place  # 0 after the last: now further periods of the accounts that were billed


@books.atomic
def _open_periods(run: BillRun, *, at: datetime, opened_before: datetime | None) -> bool:
    """Give periods that are due their rows, and tell whether there were any without."""
    items = [
        BillRunItem(run=run, account_id=one.account, first_day=one.first, last_day=one.last)
        for one in islice(_due(run.day, at, opened_before), ROWS_MAX)
    ]
    BillRunItem.objects.bulk_create(items, batch_size=5000, ignore_conflicts=True)
    if items:
        BillRun.objects.filter(pk=run.pk).update(state="running", finished_at=None)
    return bool(items)


def _due(day: date, at: datetime, opened_before: datetime | None) -> Iterator[Due]:
    """Give the periods that are due on a day and have no row yet, those that ended first, first.

    They follow the last one that has a row. An account's first is that in which it was opened, or the
    newest that is due where it was opened later: what is older than that is on its first bill.
    """
    standing = books.connection().execute(_STANDING, {"before": opened_before}).fetchall()
    agreed = terms_of(number for number, _, _ in standing)
    cycles: dict[tuple[Any, ...], tuple[Cycle, date, date]] = {}
    found = []
    for number, opened_at, billed in standing:
        terms = agreed.get(number) or Terms(zone=str(business_zone()))
        shape = tuple(getattr(terms, name) for name in _SHAPE)
        if shape not in cycles:
            cycle, begun = cycle_of(terms), _begun(day, parse_zone(terms.zone), at)
            cycles[shape] = cycle, begun, _newest_due(cycle, begun)
        cycle, begun, newest = cycles[shape]
        born = opened_at.astimezone(parse_zone(terms.zone)).date()
        since = billed + timedelta(days=1) if billed else min(born, newest)
        found.append(_due_of_account(number, terms, cycle, begun, since))
    return merge(*found, key=lambda one: (one.last, one.account))


def _due_of_account(
    number: int, terms: Terms, cycle: Cycle, day: date, since: date
) -> Iterator[Due]:
    try:
        for period in cycle.due(day, since=since):
            yield Due(number, max(period.first, since), period.last, terms.pk or 0, blue=False)
    except ValueError as broken:  # its calendar knows no business day; the others are billed
        log.error("account %s is not billed: %s", number, broken)  # noqa: TRY400 - it is told whole


def _newest_due(cycle: Cycle, day: date) -> date:
    """Give the first day of the newest period that is due; the day itself where a calendar knows none."""
    try:
        return cycle.latest_due(day).first
    except ValueError:
        return day


def _begun(day: date, zone: tzinfo, at: datetime) -> date:
    """Give the day up to which periods have ended in a zone, where the house writes ``day``."""
    here, there = at.astimezone(business_zone()).date(), at.astimezone(zone).date()
    return min(day, there) if day < here else day - max(here - there, timedelta(0))


def terms_of(accounts: Any) -> dict[int, Terms]:
    """Give the terms in force of many accounts, by number; those without are left out. One query.

    Source: E-10.
    """
    rows = Terms.objects.filter(account__in=list(accounts)).order_by("account_id", "-id")
    return {row.account_id: row for row in rows.distinct("account_id")}


def _one_chunk(work: _Work, *, after: int, limit: int) -> tuple[int, int]:
    """Bill the next accounts; gives the last row, 0 after the end, and how many there were."""

    @books.atomic
    def together() -> list[_Item]:
        items = _claim(work, after=after, limit=limit)
        if items:  # every run ends by finding none
            _bill(work, items)
        return items

    try:
        items = together()
    except Refusal:  # of one of them; alone, each is billed or parked
        return _one_by_one(work, after=after, limit=limit)
    return (items[-1].id if items else 0), len(items)


def _one_by_one(work: _Work, *, after: int, limit: int) -> tuple[int, int]:
    place, many = after, 0
    while many < limit:
        item = _one(work, place)
        if item is None:
            return 0, many
        place, many = item.id, many + 1
    return place, many


@books.atomic
def _one(work: _Work, after: int) -> _Item | None:
    items = _claim(work, after=after, limit=1)
    if not items:
        return None
    try:
        with transaction.atomic():
            _bill(work, items)
    except Refusal as refusal:
        _park(items[0], refusal)
        work.parked.append(items[0].id)
    return items[0]


def _claim(work: _Work, *, after: int, limit: int) -> list[_Item]:
    values = {"after": after, "limit": limit, "parked": work.parked}
    rows = Cursor(books.connection()).execute(_CLAIM, values).fetchall()
    return [_Item(*row) for row in rows]


def _bill(work: _Work, items: Sequence[_Item]) -> None:
    """Make the bills of these periods, issue those that nobody reviews, and say that it is done."""
    accounts = MerchantAccountRow.objects.in_bulk([one.account for one in items])
    agreed = terms_of(accounts)
    made = make_bills([_due_of(one, agreed) for one in items], actor=work.actor, at=work.at)
    issued = []
    for number, bill in made.items():
        terms = agreed.get(number) or Terms(zone=str(business_zone()))
        if not terms.review:
            issued.append(ToIssue(bill.number, bill.total, account_from(accounts[number]), terms))
    numbers = [made[one.account].number if one.account in made else None for one in items]
    Cursor(books.connection()).execute(_DONE, [work.at, [one.id for one in items], numbers])
    issue_now(issued, actor=work.actor, at=work.at)


def _due_of(item: _Item, agreed: dict[int, Terms]) -> Due:
    terms = agreed.get(item.account)
    blue = terms is not None and terms.reversal_style == "blue"
    return Due(item.account, item.first, item.last, terms.pk if terms else 0, blue)


def _park(item: _Item, refusal: Refusal) -> None:
    row = BillRunItem.objects.get(pk=item.id)
    reason = f"{refusal.code}: {refusal.message}"[:REASON_MAX]
    if row.reason != reason:  # it is tried again and again, and said once
        log.warning("account %s, period to %s: %s", item.account, item.last, reason)
    row.state, row.attempts, row.reason = "parked", row.attempts + 1, reason
    row.save(update_fields=["state", "attempts", "reason"])
