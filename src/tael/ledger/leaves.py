"""Room for further entries: the leaves of the partitioned journal are made ahead, and indexed when full.

Source: architecture, section 2; performance, section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor, sql

from tael.ledger.book import MAIN, Book

if TYPE_CHECKING:
    from psycopg import Connection

_ROOM = "SELECT entry_end, posting_end, entries_in_leaf, postings_in_leaf FROM {book}.room()"
_ADD = "SELECT {book}.add_leaves(%s, %s)"
_FULL_LEAVES = """
    SELECT leaf FROM generate_series(0, (SELECT last_value FROM {book}.posting_id) / %s - 1) AS leaf
    WHERE to_regclass(format('{book}.posting_%%s_account', leaf)) IS NULL
"""

# Where the room of each database and book ends, as read from its catalog. Only what was read is kept:
# leaves that this transaction adds may yet be rolled back.
_seen: Final[dict[tuple[str, int, str, str], tuple[int, int]]] = {}


def make_room(connection: Connection, book: Book, entry_next: int, posting_next: int) -> None:
    """See to it that at least half a leaf is free behind these numbers.

    Attaching a leaf does not wait for other writers, and happens once in some millions of entries.
    """
    info = connection.info
    place = (info.host, info.port, info.dbname, book.name)
    entry_end, posting_end = _seen.get(place, (0, 0))
    if entry_next < entry_end and posting_next < posting_end:
        return
    row = Cursor(connection).execute(book.sql(_ROOM)).fetchone()
    if row is None:
        return
    entry_end, posting_end, entries_in_leaf, postings_in_leaf = row
    comfortable = (entry_end - entries_in_leaf // 2, posting_end - postings_in_leaf // 2)
    if entry_next < comfortable[0] and posting_next < comfortable[1]:
        _seen[place] = comfortable
        return
    Cursor(connection).execute(
        book.sql(_ADD), [entry_next + entries_in_leaf, posting_next + postings_in_leaf]
    )


def make_room_ahead(connection: Connection, *, book: Book = MAIN) -> None:
    """See to it that at least half a leaf is free behind the newest entry and line.

    Whoever writes does the same when he must; done ahead of time, no writer has to.
    """
    row = (
        Cursor(connection)
        .execute(
            book.sql(
                "SELECT e.last_value, p.last_value FROM {book}.entry_id AS e, {book}.posting_id AS p"
            )
        )
        .fetchone()
    )
    assert row is not None, "a sequence has a value"
    make_room(connection, book, row[0] + 1, row[1] + 1)


def index_full_leaves(connection: Connection, *, book: Book = MAIN) -> int:
    """Build the (account, id) index on each full leaf that has none, and give how many were built.

    Runs as the owner of the book and commits after each leaf. While a leaf is filled its accounts are
    reached along ``prev``; afterwards old pages and dates are found by this index, which costs a fifth
    when it is built in one go.
    """
    row = connection.execute(book.sql(_ROOM)).fetchone()
    in_leaf = row[3] if row else 1
    leaves = [leaf for (leaf,) in connection.execute(book.sql(_FULL_LEAVES), [in_leaf]).fetchall()]
    for leaf in leaves:
        connection.execute(
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} (account, id)").format(
                sql.Identifier(f"posting_{leaf}_account"),
                sql.Identifier(book.name, f"posting_{leaf}"),
            )
        )
        connection.commit()
    return len(leaves)


def first_unindexed(connection: Connection, *, book: Book = MAIN) -> int:
    """Give the first posting number that no (account, id) index covers."""
    row = Cursor(connection).execute(book.sql(_ROOM)).fetchone()
    in_leaf = row[3] if row else 1
    leaf = (
        Cursor(connection)
        .execute(
            book.sql(
                "SELECT coalesce(min(leaf), 0) FROM generate_series(0, (SELECT last_value FROM {book}.posting_id) / %s)"
                " AS leaf WHERE to_regclass(format('{book}.posting_%%s_account', leaf)) IS NULL"
            ),
            [in_leaf],
        )
        .fetchone()
    )
    return int(leaf[0]) * int(in_leaf) if leaf else 0
