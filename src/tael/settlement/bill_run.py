"""The bill run (出賬): at the beginning of the next period every due period of every account is billed, once.

A period is one row, which is its lock, its progress and its proof. A run that was killed goes on where it
stood, two at once share the work, and one that is finished does nothing.

Source: B-18, B-20, B-26; architecture, section 4; peers-settlement-invest A8, A9; reliability T3.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from psycopg import Cursor

from tael import books
from tael.refusal import Refusal
from tael.settlement.bill_making import Due, make_bills
from tael.settlement.bill_posting import ToIssue, issue_now
from tael.settlement.merchant_account import account_from
from tael.settlement.models import BillRun, BillRunItem, MerchantAccountRow, Terms
from tael.settlement.registry import parse_zone
from tael.settlement.terms import cycle_of
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from tael.settlement.period import Cycle

__all__ = ["BillRun", "Progress", "open_run", "progress_of", "run_bills"]

log: Final = logging.getLogger(__name__)

CHUNK: Final = 100
PERIODS_MAX: Final = 400
"""So many periods of one account at once: more than a year of daily ones; the next run takes the rest."""
REASON_MAX: Final = 500

# The next period of each account whose earlier ones are done, so that each record finds the right bill.
_CLAIM: Final = """
    SELECT i.id, i.account, i.first_day, i.last_day FROM settlement_bill_run_item AS i
    WHERE i.run = %(run)s AND i.state <> 'done' AND i.id > %(after)s AND i.id <> ALL(%(parked)s::bigint[])
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
_STANDING: Final = """
    SELECT a.number, a.opened_at, (SELECT max(last_day) FROM settlement_bill_run_item WHERE account = a.number)
    FROM settlement_account AS a
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
    parked: list[int] = field(default_factory=list)


def run_bills(
    *,
    day: date,
    actor: str,
    at: datetime,
    told: Callable[[Progress], None] = lambda _progress: None,
    chunk: int = CHUNK,
) -> Progress:
    """Bill every period that is due on a day, of every account; each chunk is a transaction of its own.

    A period that cannot be billed is parked with its reason and does not stop the others; running again
    tries it again. Called twice at once, the two share the work; called again, it does nothing more.

    Args:
        day: the business day. told: hears of the progress after each chunk.
        chunk: so many accounts are billed in one transaction.

    Postings: see ``bill_posting.issue_now``, for each bill whose account's terms ask for no review.

    Source: B-18, B-20, B-26; A8, A9.
    """
    work = _Work(open_run(day=day, actor=actor, at=at), actor, at)
    after = 0
    while True:
        place, many = _one_chunk(work, after=after, limit=chunk)
        if many:
            told(progress_of(work.run.pk))
        elif after == 0:
            break
        after = place  # 0 after the last: now further periods of the accounts that were billed
    return _finish(work)


@books.atomic
def open_run(*, day: date, actor: str, at: datetime) -> BillRun:
    """Open the run of a day, or give the one that is there, with a row for every period that is due.

    Source: B-20; A9.
    """
    run, _ = BillRun.objects.get_or_create(
        day=day, defaults={"started_at": at, "started_by": actor}
    )
    items = [
        BillRunItem(run=run, account_id=one.account, first_day=one.first, last_day=one.last)
        for one in _due(day)
    ]
    BillRunItem.objects.bulk_create(items, batch_size=5000, ignore_conflicts=True)
    if items and run.state == "finished":
        BillRun.objects.filter(pk=run.pk).update(state="running", finished_at=None)
        run.refresh_from_db()
    return run


def progress_of(run: int) -> Progress:
    """Tell how far a run is.

    Source: A8.
    """
    row = books.connection().execute(_PROGRESS, [run]).fetchone()
    assert row is not None, "a count is always there"
    return Progress(*map(int, row))


def _due(day: date) -> list[Due]:
    """Give the periods that are due on a day and have no row yet, each account's oldest first.

    They follow the last one that has a row. An account's first is that in which it was opened, or the
    newest that is due where it was opened later: what is older than that is on its first bill.
    """
    standing = books.connection().execute(_STANDING).fetchall()
    agreed = terms_of(number for number, _, _ in standing)
    cycles: dict[tuple[Any, ...], Cycle] = {}
    found = []
    for number, opened_at, billed in standing:
        terms = agreed.get(number) or Terms(zone=str(business_zone()))
        shape = (terms.cycle, terms.anchor, terms.settle_after, terms.business_days, terms.calendar)
        cycle = cycles.get(shape) or cycles.setdefault(shape, cycle_of(terms))
        born = opened_at.astimezone(parse_zone(terms.zone)).date()
        since = billed + timedelta(days=1) if billed else min(born, cycle.latest_due(day).first)
        found += [
            Due(number, max(period.first, since), period.last, terms.pk or 0, blue=False)
            for period in islice(cycle.due(day, since=since), PERIODS_MAX)
        ]
    return sorted(found, key=lambda one: (one.last, one.account))


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
        log.warning("bill run %s, account %s: %s", work.run.day, items[0].account, refusal.code)
        _park(items[0], refusal)
        work.parked.append(items[0].id)
    return items[0]


def _claim(work: _Work, *, after: int, limit: int) -> list[_Item]:
    values = {"run": work.run.pk, "after": after, "limit": limit, "parked": work.parked}
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
    row.state, row.attempts = "parked", row.attempts + 1
    row.reason = f"{refusal.code}: {refusal.message}"[:REASON_MAX]
    row.save(update_fields=["state", "attempts", "reason"])


def _finish(work: _Work) -> Progress:
    found = progress_of(work.run.pk)
    if found.done == found.periods:
        left = BillRun.objects.filter(pk=work.run.pk, state="running")
        left.update(state="finished", finished_at=work.at)
    return found
