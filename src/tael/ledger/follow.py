"""Following the journal: reading new entries in the order of their numbers without missing one.

Numbers are drawn in order and committed in any, so a number that is not there may come later. Who draws
one has locked accounts before, so he has a transaction number before; when every transaction that was
open at some moment has ended, each entry number drawn before that moment is there or never will be.

Source: architecture, section 5 (transactional outbox); reliability T24, T25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import Cursor

from tael.ledger.book import MAIN, Book

if TYPE_CHECKING:
    from psycopg import Connection

_DRAWN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {book}.entry_id"
_FRESH = "SELECT pg_current_xact_id_if_assigned() IS NULL"
_OURS = "SELECT pg_current_xact_id()::text::bigint"
# A snapshot lists the open transactions below its xmax, which is the newest that has ended, plus one. What
# lies between that and us has been begun, for numbers are given in order, and has not ended.
_OPEN = """
    SELECT least(
        (SELECT min(open::text::bigint) FROM pg_snapshot_xip(s) AS open),
        CASE WHEN pg_snapshot_xmax(s)::text::bigint < %(ours)s THEN pg_snapshot_xmax(s)::text::bigint END,
        %(ours)s
    )
    FROM pg_current_snapshot() AS s
"""
_BETWEEN = "SELECT id FROM {book}.entry WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"


class Look(NamedTuple):
    """The journal at one moment.

    Args:
        drawn: the highest entry number that anybody has drawn.
        oldest_open: number of the oldest transaction that has not ended, ours when there is no older.
        ours: number of our transaction; whoever had drawn a number has a lower one.
    """

    drawn: int
    oldest_open: int
    ours: int

    @property
    def quiet(self) -> bool:
        """Tell whether nobody who could have drawn a number is open: each is there or never will be."""
        return self.oldest_open == self.ours


def drawn(connection: Connection, *, book: Book = MAIN) -> int:
    """Give the highest entry number that anybody has drawn, whether or not it is committed.

    Source: architecture, section 5.
    """
    row = Cursor(connection).execute(book.sql(_DRAWN)).fetchone()
    assert row is not None, "a sequence has a value"
    return int(row[0])


def look(connection: Connection, *, book: Book = MAIN) -> Look:
    """Look at the journal, in a transaction that has written and locked nothing yet.

    What is read in a later statement has seen all that ended before.

    Raises:
        AssertionError: the transaction has a number already, which tells nothing of who came before it.

    Source: architecture, section 5.
    """
    cursor = Cursor(connection)
    # each statement after the one before: who draws a number after the first is of no concern, who drew
    # one earlier has a lower transaction number than the second gives us, and is open in the third or has ended
    fresh = cursor.execute(_FRESH).fetchone()
    if fresh != (True,):
        raise AssertionError("look at the journal before writing anything")
    highest = drawn(connection, book=book)
    ours = cursor.execute(_OURS).fetchone()
    assert ours is not None, "a transaction gets its number"
    oldest = cursor.execute(_OPEN, {"ours": ours[0]}).fetchone()
    assert oldest is not None, "there is a snapshot always"
    return Look(highest, int(oldest[0]), int(ours[0]))


def entries_between(
    connection: Connection, *, after: int, through: int, limit: int, book: Book = MAIN
) -> list[int]:
    """Give the numbers of the entries that are there, lowest first.

    Source: architecture, section 5.
    """
    rows = Cursor(connection).execute(book.sql(_BETWEEN), [after, through, limit]).fetchall()
    return [number for (number,) in rows]
