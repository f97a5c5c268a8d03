"""An account's lines (明細): newest first by page, or a period with opening and closing balance.

Source: architecture, section 2; F-22; B-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import Cursor

from tael.ledger.balance import Axis, balance_at
from tael.ledger.book import MAIN, Book
from tael.ledger.leaves import first_unindexed

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

# A walk along prev: each step is one look-up by primary key, however long the history is.
_WALK = """
    WITH RECURSIVE line AS (
        SELECT p.*, 1 AS step FROM {book}.posting AS p WHERE p.id = {start}
        UNION ALL
        SELECT p.*, line.step + 1 FROM line JOIN {book}.posting AS p ON p.id = line.prev
        WHERE line.prev <> 0 AND line.step < %(limit)s
    )
    SELECT l.id, l.entry, l.version, l.amount, l.balance_after, l.prev,
        e.kind, e.channel, e.actor, e.effective_at, e.booked_at, e.reverses,
        n.sno, n.pno, coalesce(n.code, ''), coalesce(n.info, '')
    FROM line AS l
    JOIN {book}.entry AS e ON e.id = l.entry
    LEFT JOIN {book}.entry_note AS n ON n.entry = l.entry
    ORDER BY l.step
"""
_PERIOD = """
    WITH RECURSIVE line AS (
        SELECT p.* FROM {book}.account AS a
        JOIN {book}.posting AS p ON p.id = coalesce(%(newest)s::bigint, a.last_posting)
        WHERE a.id = %(account)s AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.* FROM line JOIN {book}.posting AS p ON p.id = line.prev WHERE line.prev >= %(indexed_below)s
    ), lines AS (
        SELECT * FROM line
        UNION ALL
        SELECT * FROM {book}.posting WHERE account = %(account)s AND id < %(indexed_below)s
            AND (%(newest)s::bigint IS NULL OR id <= %(newest)s)
    )
    SELECT l.id, l.entry, l.version, l.amount, l.balance_after, l.prev,
        e.kind, e.channel, e.actor, e.effective_at, e.booked_at, e.reverses,
        n.sno, n.pno, coalesce(n.code, ''), coalesce(n.info, '')
    FROM lines AS l
    JOIN {book}.entry AS e ON e.id = l.entry
    LEFT JOIN {book}.entry_note AS n ON n.entry = l.entry
    WHERE e.{axis} > %(after)s AND e.{axis} <= %(through)s
    ORDER BY e.{axis}, l.version
"""


class Line(NamedTuple):
    """One line of an account. Amounts in minor units; ``balance`` is the running balance after it."""

    posting: int
    entry: int
    version: int
    amount: int
    balance: int
    prev: int
    kind: str
    channel: str
    actor: str
    effective_at: datetime
    booked_at: datetime
    reverses: int | None
    sno: str | None
    pno: str | None
    code: str
    info: str


class Statement(NamedTuple):
    """A period of an account: closing = opening + the sum of the lines."""

    opening: int
    lines: list[Line]
    closing: int


def last_lines(
    connection: Connection,
    account: int,
    *,
    limit: int = 50,
    before: int | None = None,
    book: Book = MAIN,
) -> list[Line]:
    """Give an account's newest lines, newest first.

    Args:
        connection: any.
        account: the account's number.
        limit: how many.
        before: the posting to start at: the ``prev`` of the last line seen; None starts at the newest.
        book: the set of books.
    """
    if before is None:
        start = "(SELECT last_posting FROM {book}.account WHERE id = %(start)s)"
        values = {"start": account, "limit": limit}
    else:
        start = "%(start)s AND p.account = %(account)s"
        values = {"start": before, "limit": limit, "account": account}
    statement = book.sql(_WALK.replace("{start}", start))
    return [Line(*row) for row in Cursor(connection).execute(statement, values).fetchall()]


def statement(
    connection: Connection,
    account: int,
    *,
    after: datetime,
    through: datetime,
    axis: Axis = "booked",
    newest: int | None = None,
    book: Book = MAIN,
) -> Statement:
    """Give the lines of a period with its opening and closing balance, oldest first.

    The period excludes ``after`` and includes ``through``, so that periods that share a bound share no line.
    By date of effect the lines stand in that order, and their running balance is counted anew.

    Args:
        newest: the newest line that counts, see ``balance_at``.

    Raises:
        UnknownAccount: the book has none of this number.
    """
    opening = balance_at(connection, account, after, axis=axis, newest=newest, book=book)
    query = book.sql(_PERIOD).replace("{axis}", "booked_at" if axis == "booked" else "effective_at")
    values = {
        "account": account,
        "after": after,
        "through": through,
        "newest": newest,
        "indexed_below": first_unindexed(connection, book=book),
    }
    running = opening
    lines = []
    for row in Cursor(connection).execute(query, values).fetchall():
        line = Line(*row)
        running += line.amount
        lines.append(line._replace(balance=running))
    return Statement(opening, lines, running)
