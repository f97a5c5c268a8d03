"""Adding up what customers owned at both ends of each month that has been closed.

It is done after the closing, in a transaction of its own: while a month is being closed everybody waits,
and afterwards nothing can change its sums any more.

Source: I35; B-28 (opening of this period = closing of the previous one), B-29.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from django.db import transaction
from psycopg import Cursor

from tael import books, ledger
from tael.books.models import PeriodTotal
from tael.wallet.period import Month, month_of
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import datetime

# What an entry moves between two wallets neither came nor went: each entry counts with its sum.
_MOVED: Final = """
    SELECT month, currency, coalesce(sum(net) FILTER (WHERE net > 0), 0), coalesce(sum(net) FILTER (WHERE net < 0), 0)
    FROM (
        SELECT date_trunc('month', e.effective_at AT TIME ZONE %(zone)s)::date AS month,
            a.currency, sum(p.amount) AS net
        FROM {book}.entry AS e
        JOIN {book}.posting AS p ON p.entry = e.id AND p.id >= e.first_posting AND p.id < e.first_posting + e.legs
        JOIN {book}.account AS a ON a.id = p.account AND a.class = 'client'
        WHERE e.effective_at <= %(through)s AND (%(since)s::timestamptz IS NULL OR e.effective_at >= %(since)s)
        GROUP BY e.id, 1, a.currency
    ) AS each_entry
    GROUP BY month, currency
"""

Moved = dict[tuple[Month, str], tuple[int, int]]


@transaction.atomic(durable=True)
def add_up_closed_months() -> int:
    """Add up the closed months that have not been, oldest first, and tell how many they were.

    May run at any time, twice or in parallel: a month is written once. It reads the entries of these
    months, however many they are; those of months that were added up before it does not read again.

    Source: I35; B-28.
    """
    closed = ledger.closed_through(books.connection())
    last = None if closed is None else _last_closed(closed)
    if closed is None or last is None:
        return 0
    kept = PeriodTotal.objects.order_by("-month").first()
    begun = Month(kept.month.year, kept.month.month) if kept else None
    if begun is not None and begun >= last:
        return 0
    moved = _moved(None if begun is None else begun.ends, last)
    first = min((month for month, _ in moved), default=last) if begun is None else None
    place = first.place if first else (begun.place + 1 if begun else last.place)
    openings: defaultdict[str, int] = defaultdict(int)
    if kept is not None:
        rows = PeriodTotal.objects.filter(month=kept.month)
        openings.update({row.currency: int(row.closing) for row in rows})
    months = [Month.at_place(number) for number in range(place, last.place + 1)]
    for month in months:
        _write(month, openings, moved)
    return len(months)


def _last_closed(closed: datetime) -> Month | None:
    """Give the last month that is closed to its end."""
    month = month_of(closed)
    return month if closed >= month.last_moment else Month.at_place(month.place - 1)


def _moved(since: datetime | None, last: Month) -> Moved:
    cursor = Cursor(books.connection())
    cursor.execute("SET LOCAL statement_timeout = 0")  # as many entries as there are; nobody waits
    values = {"zone": str(business_zone()), "since": since, "through": last.last_moment}
    rows = cursor.execute(ledger.MAIN.sql(_MOVED), values).fetchall()
    return {
        (Month(day.year, day.month), currency): (int(came), int(went))
        for day, currency, came, went in rows
    }


def _write(month: Month, openings: defaultdict[str, int], moved: Moved) -> None:
    """Write the totals of a month and carry its closing on; a currency without money has zeros."""
    rows = []
    for currency in sorted({*books.currencies(), *openings}):
        came, went = moved.get((month, currency), (0, 0))
        opening = openings[currency]
        openings[currency] = opening + came + went
        rows.append(
            PeriodTotal(
                month=month.first_day,
                currency=currency,
                opening=opening,
                came=came,
                went=went,
                closing=openings[currency],
            )
        )
    PeriodTotal.objects.bulk_create(rows, ignore_conflicts=True)
