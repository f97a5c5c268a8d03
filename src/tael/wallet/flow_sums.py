"""What each operation moved on each day in each currency, for charts.

Entries never change, so what has been added up once is kept in the process and only what is newer is
read; a server that has just started reads all entries once, in portions.

Source: F-22; peers-settlement-invest, section 4.3 (charts).
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.books.connect import database
from tael.money import Money
from tael.wallet.flow_search import first_booked
from tael.wallet.kinds import OPERATIONS
from tael.wallet.refund import REFUND
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import date, datetime

    from tael.wallet.operation import Operation

SETTLED: Final = timedelta(seconds=60)
"""After so long no entry of an earlier number can still be on its way: no transaction lives longer."""
PORTION: Final = 250_000
"""Entries that one query adds up."""

_SUMS: Final = """
    SELECT (e.effective_at AT TIME ZONE %(zone)s)::date, e.kind, a.currency, sum(p.amount)::bigint
    FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.entry = e.id
    JOIN {book}.account AS a ON a.id = p.account
    WHERE e.id >= %(first)s AND e.id < %(last)s AND e.kind = ANY(%(kinds)s) AND p.amount > 0
        AND p.id >= (SELECT min(first_posting) FROM {book}.entry WHERE id >= %(first)s AND id < %(last)s)
        AND p.id < (SELECT max(first_posting + legs) FROM {book}.entry WHERE id >= %(first)s AND id < %(last)s)
    GROUP BY 1, 2, 3
"""


class FlowSum(NamedTuple):
    """What one operation moved on one day; the operation is None for refunds."""

    day: date
    operation: Operation | None
    amount: Money


@dataclass(slots=True)
class _AddedUp:
    """The sums of all entries below a number, by day, kind of entry and currency."""

    below: int = 1
    sums: Counter[tuple[date, str, str]] = field(default_factory=Counter)


_lock: Final = threading.Lock()
_kept: Final[dict[object, _AddedUp]] = {}


def flow_sums(currency: str, *, since: date, until: date, at: datetime) -> list[FlowSum]:
    """Tell what each operation moved, by day of effect in the business zone, oldest day first.

    What an entry moved is what its legs into accounts of the currency add up to. Days and operations
    without movement are left out.

    Args:
        currency: the code of a registered one.
        since: the first day. until: the last day.
        at: now.

    Source: F-22; peers-settlement-invest, section 4.3.
    """
    unit = books.currencies()[currency].currency
    totals: Counter[tuple[date, Operation | None]] = Counter()
    for (day, kind, code), amount in _all_sums(at).items():
        if code == currency and since <= day <= until:
            totals[day, OPERATIONS.get(kind)] += amount
    ordered = sorted(totals, key=lambda one: (one[0], one[1] or 0))
    return [
        FlowSum(day, operation, Money(totals[day, operation], unit)) for day, operation in ordered
    ]


def forget_flow_sums() -> None:
    """Drop what is kept in the process, for a database that was replaced under the same name.

    Source: reliability, section 4 (restore).
    """
    with _lock:
        _kept.clear()


def _all_sums(at: datetime) -> Counter[tuple[date, str, str]]:
    """Give the sums of everything: those kept, brought up to date, and those of the newest entries."""
    newest = first_booked(None)
    settled = first_booked(at - SETTLED)
    with _lock:
        kept = _kept.setdefault(database(), _AddedUp())
        if kept.below > newest:  # another database under the same name
            kept = _kept[database()] = _AddedUp()
        while kept.below < settled:
            last = min(kept.below + PORTION, settled)
            kept.sums.update(_read(kept.below, last))
            kept.below = last
        sums, below = kept.sums.copy(), kept.below
    sums.update(_read(below, newest))
    return sums


def _read(first: int, last: int) -> dict[tuple[date, str, str], int]:
    if first >= last:
        return {}
    values = {
        "first": first,
        "last": last,
        "zone": str(business_zone()),
        "kinds": [*OPERATIONS, REFUND.code],
    }
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(_SUMS), values).fetchall()
    return {(day, kind, currency): amount for day, kind, currency, amount in rows}
