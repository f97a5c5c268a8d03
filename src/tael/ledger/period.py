"""Closing a period (結賬): nothing takes effect at or before its end any more.

Source: I35; peers-ledger, section 3 (period close).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from psycopg import Cursor

from tael.ledger.book import MAIN, Book
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection


class PeriodNotAhead(Refusal):
    """Periods are closed one after the other, and a closed one is not opened again."""

    code = "period_not_ahead"
    because: ClassVar[Because] = "conflict"
    rule = "I35"
    remedy = "Close a later period."


class ClosedPeriod(NamedTuple):
    """That a period was closed.

    Args:
        through: its last moment. at: when it was closed. by: who did it.
    """

    through: datetime
    at: datetime
    by: str


def close_period(
    connection: Connection, *, through: datetime, actor: str, book: Book = MAIN
) -> None:
    """Close all that takes effect up to and including ``through``; the caller commits.

    Entries on their way are waited for: an entry either is in the period before it closes or is refused.

    Raises:
        PeriodNotAhead: that much has been closed before.
    """
    cursor = Cursor(connection)
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [book.lock_number("periods")])
    closed = closed_through(connection, book=book)
    if closed is not None and through <= closed:
        message = f"the books are closed through {closed.isoformat()}"
        raise PeriodNotAhead(
            message, field="through", there=closed.isoformat(), allowed="a later moment"
        )
    cursor.execute(
        book.sql("INSERT INTO {book}.period (closed_through, closed_by) VALUES (%s, %s)"),
        [through, actor],
    )


def closed_through(connection: Connection, *, book: Book = MAIN) -> datetime | None:
    """Tell through which moment the books are closed, if any period has been."""
    row = (
        Cursor(connection)
        .execute(book.sql("SELECT max(closed_through) FROM {book}.period"))
        .fetchone()
    )
    return row[0] if row else None


def closed_periods(connection: Connection, *, book: Book = MAIN) -> list[ClosedPeriod]:
    """Give all that has been closed, oldest first: each reaches from the one before it to its end."""
    rows = Cursor(connection).execute(
        book.sql(
            "SELECT closed_through, closed_at, closed_by FROM {book}.period ORDER BY closed_through"
        )
    )
    return [ClosedPeriod(*row) for row in rows.fetchall()]
