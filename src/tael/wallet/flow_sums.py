"""What each operation moved on each day in each currency, for charts.

Days that have been added up are read as they stand; the newest entries, which are not in them yet, are
read from the journal, so that a chart is never older than the books.

Source: F-22; peers-settlement-invest, section 4.3 (charts).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.money import Money
from tael.wallet.flow_days import MOVED, PORTION, add_up_portion
from tael.wallet.kinds import OPERATIONS
from tael.wallet.refund import REFUND
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import date, datetime

    from tael.wallet.operation import Operation

_KINDS: Final = (*OPERATIONS, REFUND.code)
# How far the sums reach and the sums themselves, in one statement: between two of them some may be added.
_KEPT: Final = """
    SELECT c.reached, s.day, s.kind, s.amount
    FROM (
        SELECT CASE WHEN zone = %(zone)s THEN through ELSE 0 END AS reached
        FROM wallet_flow_day_cursor WHERE id = 1
    ) AS c
    LEFT JOIN wallet_flow_day AS s ON c.reached > 0 AND s.currency = %(currency)s
        AND s.day BETWEEN %(since)s AND %(until)s AND s.kind = ANY(%(kinds)s) AND s.amount > 0
"""
_NEWEST: Final = f"""
    SELECT day, kind, amount FROM ({MOVED}) AS moved
    WHERE currency = %(currency)s AND day BETWEEN %(since)s AND %(until)s AND kind = ANY(%(kinds)s)
"""


class FlowSum(NamedTuple):
    """What one operation moved on one day; the operation is None for refunds."""

    day: date
    operation: Operation | None
    amount: Money


class FlowSums(NamedTuple):
    """The sums, oldest day first, and how many of the newest entries are not in them yet."""

    sums: list[FlowSum]
    missing: int


def flow_sums(currency: str, *, since: date, until: date, at: datetime) -> FlowSums:
    """Tell what each operation moved, by day of effect in the business zone, oldest day first.

    What an entry moved is what its legs into accounts of the currency add up to. Days and operations
    without movement are left out. Where the sums are far behind the journal, as after an upgrade, one
    portion is added to them and the number of entries that are still missing is told.

    Args:
        currency: the code of a registered one.
        since: the first day. until: the last day.
        at: now.

    Source: F-22; peers-settlement-invest, section 4.3.
    """
    unit = books.currencies()[currency].currency
    asked: dict[str, Any] = {
        "currency": currency,
        "since": since,
        "until": until,
        "kinds": list(_KINDS),
        "zone": str(business_zone()),
    }
    newest = ledger.drawn(books.connection())
    reached, moved = _kept(asked)
    if newest - reached > PORTION and add_up_portion(at=at):
        reached, moved = _kept(asked)
    through = min(newest, reached + PORTION)
    if through > reached:
        values = asked | {"after": reached, "through": through}
        statement = ledger.MAIN.sql(_NEWEST)
        moved += Cursor(books.connection()).execute(statement, values).fetchall()
    totals: Counter[tuple[date, Operation | None]] = Counter()
    for day, kind, amount in moved:
        totals[day, OPERATIONS.get(kind)] += int(amount)
    ordered = sorted(totals, key=lambda one: (one[0], one[1] or 0))
    sums = [
        FlowSum(day, operation, Money(totals[day, operation], unit)) for day, operation in ordered
    ]
    return FlowSums(sums, max(newest - through, 0))


def _kept(asked: dict[str, Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """Give the last entry that the sums hold, and the sums that are asked for."""
    rows = Cursor(books.connection()).execute(_KEPT, asked).fetchall()
    reached = int(rows[0][0]) if rows else 0
    return reached, [row[1:] for row in rows if row[1] is not None]
