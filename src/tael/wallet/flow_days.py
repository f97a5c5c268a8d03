"""Adding up what moved on each day, so that a chart reads days and not entries.

The sums follow from the journal alone: they can be made anew at any time, and the doctor compares them
with it. Whoever adds on holds the one row that says how far the sums reach, so that no entry counts twice.

Source: F-22; peers-settlement-invest, section 4.3 (charts); I3.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from psycopg import Cursor

from tael import books, ledger
from tael.outbox.journal_cursor import told_through
from tael.wallet.flow_search import first_booked
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import datetime

SETTLED: Final = timedelta(seconds=60)
"""After so long no entry of an earlier number can still be on its way: no transaction lives longer."""
PORTION: Final = 20_000
"""Entries that one transaction adds up."""

_PLACE: Final = """
    SELECT through, zone FROM wallet_flow_day_cursor WHERE id = 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE: Final = "UPDATE wallet_flow_day_cursor SET through = %s, zone = %s WHERE id = 1"
_NOTHING: Final = "UPDATE wallet_flow_day SET amount = 0 WHERE amount <> 0"
MOVED: Final = """
    SELECT a.currency, (e.effective_at AT TIME ZONE %(zone)s)::date AS day, e.kind, sum(p.amount) AS amount
    FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.entry = e.id
    JOIN {book}.account AS a ON a.id = p.account
    WHERE e.id > %(after)s AND e.id <= %(through)s AND p.amount > 0
        AND p.id >= (SELECT min(first_posting) FROM {book}.entry WHERE id > %(after)s AND id <= %(through)s)
        AND p.id < (SELECT max(first_posting + legs) FROM {book}.entry WHERE id > %(after)s AND id <= %(through)s)
    GROUP BY 1, 2, 3
"""
_ADD: Final = f"""
    INSERT INTO wallet_flow_day (currency, day, kind, amount) {MOVED}
    ON CONFLICT (currency, day, kind) DO UPDATE SET amount = wallet_flow_day.amount + excluded.amount
"""


def add_up_days(*, at: datetime) -> int:
    """Add up all entries that have settled, portion by portion; give how many numbers were gone through.

    May run at any time, twice or in parallel: an entry counts once.

    Args:
        at: now.

    Source: F-22; I3.
    """
    done = 0
    while portion := add_up_portion(at=at):
        done += portion
    return done


@transaction.atomic(durable=True)
def add_up_portion(*, at: datetime) -> int:
    """Add up at most `PORTION` further entries; 0 when there are none or another is at it.

    Sums whose days were of another zone are begun anew.

    Args:
        at: now.

    Source: F-22; I3.
    """
    cursor = Cursor(books.connection())
    place = cursor.execute(_PLACE).fetchone()
    if place is None:
        return 0
    after, zone = int(place[0]), str(business_zone())
    if place[1] != zone:
        cursor.execute(_NOTHING)
        after = 0
    settled = max(told_through(), first_booked(at - SETTLED) - 1)
    through = max(min(after + PORTION, settled), after)
    if through > after:
        values = {"after": after, "through": through, "zone": zone}
        cursor.execute(ledger.MAIN.sql(_ADD), values)
    if (through, zone) != (place[0], place[1]):
        cursor.execute(_MOVE, [through, zone])
    return through - after


@transaction.atomic(durable=True)
def forget_days() -> None:
    """Forget all sums, so that they are made anew from the first entry on.

    Source: I3 (what is derived can be derived again).
    """
    cursor = Cursor(books.connection())
    cursor.execute("SELECT FROM wallet_flow_day_cursor WHERE id = 1 FOR NO KEY UPDATE")
    cursor.execute(_NOTHING)
    cursor.execute(_MOVE, [0, str(business_zone())])
