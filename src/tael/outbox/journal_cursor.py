"""How far the journal has been told. Who moves on and tells shares one transaction, so each entry is told once.

Source: architecture, section 5 (transactional outbox); reliability T25.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import transaction
from psycopg import Cursor

from tael import books, ledger

_PLACE: Final = """
    SELECT through, seen, horizon FROM outbox_journal_cursor WHERE id = 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE: Final = """
    UPDATE outbox_journal_cursor SET through = %s, seen = %s, horizon = %s WHERE id = 1
"""
_THROUGH: Final = "SELECT through FROM outbox_journal_cursor WHERE id = 1"


class NewEntries(NamedTuple):
    """Entries that have not been told, lowest first, and whether there may be more."""

    numbers: list[int]
    more: bool


NOTHING: Final = NewEntries([], more=False)


def told_through() -> int:
    """Give the number up to which the journal has been told: each entry below is there or never will be.

    Source: architecture, section 5.
    """
    row = Cursor(books.connection()).execute(_THROUGH).fetchone()
    return int(row[0]) if row else 0


def new_entries(*, limit: int, wanted: bool = True) -> NewEntries:
    """Give the next entries of the journal and move on behind them, in the caller's transaction.

    An entry comes when nothing with a lower number can come any more: at once while it is quiet, else
    when the transactions have ended that were open at an earlier look. Nobody waits: while another is
    at it there is nothing to do.

    Args:
        wanted: False moves on without giving any.

    Raises:
        TransactionManagementError: there is no open transaction, so moving on and telling could part.
        AssertionError: the transaction has written something before.

    Source: architecture, section 5.
    """
    if not books.in_transaction():
        raise transaction.TransactionManagementError("moving on and telling share a transaction")
    connection = books.connection()
    if Cursor(connection).execute(_THROUGH).fetchone() == (ledger.drawn(connection),):
        return NOTHING  # the usual case by night: nothing is locked and nothing written
    seen_now = ledger.look(connection)  # before anything is locked, see there
    place = Cursor(connection).execute(_PLACE).fetchone()
    if place is None:
        return NOTHING
    through, seen, horizon = place
    if seen_now.quiet:
        settled = seen_now.drawn
    elif seen_now.oldest_open >= horizon:
        settled = max(seen, through)
    elif horizon > seen_now.ours:
        settled = through  # it was seen on another server, from which this database was restored
    else:
        return NOTHING  # somebody still writes who was at it when we looked before
    numbers = (
        ledger.entries_between(connection, after=through, through=settled, limit=limit)
        if wanted
        else []
    )
    more = len(numbers) == limit
    reached = numbers[-1] if more else max(settled, through)
    Cursor(connection).execute(_MOVE, [reached, seen_now.drawn, seen_now.ours])
    return NewEntries(numbers, more)
