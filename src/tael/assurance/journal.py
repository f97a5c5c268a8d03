"""Reading a whole book in the order in which it was written, a little at a time.

Source: architecture, section 2; reliability, T27.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from psycopg import Cursor, IsolationLevel, ServerCursor
from psycopg.pq import TransactionStatus

from tael.ledger import MAIN, currencies
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from psycopg import Connection

    from tael.ledger import Book
    from tael.money import Currency

AT_A_TIME: Final = 2000
_NO_WORDS: Final[list[Any]] = [None, None, "", "", None]

_ENTRIES = """
    SELECT id, first_posting, legs, booked_at, effective_at, kind, channel, actor, reverses
    FROM {book}.entry
    WHERE booked_at >= coalesce(%s, '-infinity'::timestamptz) AND booked_at < coalesce(%s, 'infinity'::timestamptz)
    ORDER BY id
"""
_NOTES = """
    SELECT entry, sno, pno, code, info, data::text FROM {book}.entry_note WHERE entry BETWEEN %s AND %s
"""
# An entry's lines are neighbours, and a later entry has higher ones: see take_ids.
_LINES = """
    SELECT p.entry, a.currency, p.id, p.account, a.code, a.class, p.version, p.amount, p.balance_after, p.prev
    FROM {book}.posting AS p LEFT JOIN {book}.account AS a ON a.id = p.account
    WHERE p.id BETWEEN %s AND %s ORDER BY p.id
"""
_ACCOUNTS = """
    SELECT a.currency, a.id, a.code, a.class, least(a.opened_at, lines.first)
    FROM {book}.account AS a
    LEFT JOIN (
        SELECT p.account, min(e.effective_at) AS first
        FROM {book}.posting AS p JOIN {book}.entry AS e ON e.id = p.entry
        WHERE e.booked_at < coalesce(%(until)s, 'infinity'::timestamptz) GROUP BY p.account
    ) AS lines ON lines.account = a.id
    WHERE a.opened_at < coalesce(%(until)s, 'infinity'::timestamptz) OR lines.first IS NOT NULL
    ORDER BY a.id
"""
_BALANCES_NOW = """
    SELECT a.currency, a.id, a.code, a.class, a.balance FROM {book}.account AS a ORDER BY a.id
"""
_BALANCES_AT = """
    SELECT a.currency, a.id, a.code, a.class, sum(p.amount)::bigint
    FROM {book}.posting AS p
    JOIN {book}.entry AS e ON e.id = p.entry
    JOIN {book}.account AS a ON a.id = p.account
    WHERE e.booked_at < %(until)s GROUP BY a.id ORDER BY a.id
"""
_ALIKE = """
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY lower(code) ORDER BY id) AS place FROM {book}.account
    ) AS named WHERE place > 1
"""


class BookUnreadable(Refusal):
    """The journal names an account or a currency that the book does not have."""

    code = "book_unreadable"
    because: ClassVar[Because] = "conflict"
    rule = "I4"
    remedy = "Run `tael doctor`, which names what is wrong."


class Account(NamedTuple):
    """What an account is."""

    unit: Currency
    number: int
    code: str
    class_: str


class Line(NamedTuple):
    """One leg of an entry. Amounts in minor units."""

    account: Account
    posting: int
    version: int
    amount: int
    balance: int
    prev: int


class JournalEntry(NamedTuple):
    """One entry with its words and its lines."""

    number: int
    booked_at: datetime
    effective_at: datetime
    kind: str
    channel: str
    actor: str
    reverses: int | None
    sno: str | None
    pno: str | None
    code: str
    info: str
    data: str | None
    lines: tuple[Line, ...]


@contextmanager
def one_moment(connection: Connection) -> Iterator[None]:
    """Let everything that is read inside show the book as it is at one moment, and write nothing.

    A connection that is in a transaction already is used as it is; its owner has chosen what it sees.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        yield
        return
    before = connection.isolation_level, connection.read_only
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with connection.transaction(force_rollback=True):
            # a proof of the whole book takes as long as the book is long
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    finally:
        connection.isolation_level, connection.read_only = before


def entries(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    book: Book = MAIN,
) -> Iterator[JournalEntry]:
    """Give the entries in the order of their numbers; memory does not grow with the book.

    Args:
        connection: in a transaction, best inside ``one_moment``.
        since: only what was booked from then on.
        until: only what was booked before.
        book: the set of books.

    Raises:
        BookUnreadable: a line's account or currency is missing.
    """
    units = currencies(connection, book=book)
    with ServerCursor(connection, "tael_journal") as cursor:
        cursor.execute(book.sql(_ENTRIES), [since, until])
        while rows := cursor.fetchmany(AT_A_TIME):
            first, last = rows[0], rows[-1]
            lines: dict[int, list[Line]] = {row[0]: [] for row in rows}
            ends = [first[1], last[1] + last[2] - 1]
            for entry, unit, posting, *who, version, amount, balance, prev in Cursor(
                connection
            ).execute(book.sql(_LINES), ends):
                if entry in lines:
                    account = _account(units, unit, *who)
                    lines[entry].append(Line(account, posting, version, amount, balance, prev))
            notes = {
                entry: words
                for entry, *words in Cursor(connection).execute(
                    book.sql(_NOTES), [first[0], last[0]]
                )
            }
            for number, _, _, *facts in rows:
                words = notes.get(number, _NO_WORDS)
                yield JournalEntry._make((number, *facts, *words, tuple(lines[number])))


def accounts(
    connection: Connection, *, until: datetime | None = None, book: Book = MAIN
) -> Iterator[tuple[Account, datetime]]:
    """Give the accounts that were there before a moment, and since when their lines need them.

    Raises:
        BookUnreadable: an account's currency is missing.
    """
    query = book.sql(_ACCOUNTS)
    units = currencies(connection, book=book)
    for *account, since in _streamed(connection, "tael_accounts", query, {"until": until}):
        yield _account(units, *account), since


def balances(
    connection: Connection, *, until: datetime | None = None, book: Book = MAIN
) -> Iterator[tuple[Account, int]]:
    """Give what the accounts held before a moment, summed from their lines; or hold now, as stored.

    Raises:
        BookUnreadable: an account's currency is missing.
    """
    query = book.sql(_BALANCES_NOW if until is None else _BALANCES_AT)
    units = currencies(connection, book=book)
    for *account, minor in _streamed(connection, "tael_balances", query, {"until": until}):
        yield _account(units, *account), minor


def alike(connection: Connection, *, book: Book = MAIN) -> frozenset[int]:
    """Give the accounts whose code differs from an older one's in capitals only."""
    return frozenset(number for (number,) in Cursor(connection).execute(book.sql(_ALIKE)))


def _streamed(
    connection: Connection, name: str, query: str, values: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    with ServerCursor(connection, name) as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from rows


def _account(
    units: dict[str, Currency], unit: str | None, number: int, code: str, class_: str
) -> Account:
    if unit is None or unit not in units:
        message = f"account {number} or its currency is not in the book"
        raise BookUnreadable(message, field="account", there=str(number))
    return Account(units[unit], number, code, class_)
