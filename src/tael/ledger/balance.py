"""Balances: as they stand, and as they stood at any moment by the date of effect or of booking.

Source: architecture, section 2; F-10; B-06, B-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from psycopg import Cursor

from tael.ledger.book import MAIN, Book
from tael.ledger.leaves import first_unindexed
from tael.ledger.refusals import UnknownAccount

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from psycopg import Connection

Axis = Literal["booked", "effective"]

_NOW = "SELECT id, balance FROM {book}.account WHERE id = ANY(%s)"

# Lines of the open leaves are reached from the newest backwards; those of the full leaves by their index.
_AT = """
    WITH RECURSIVE line AS (
        SELECT p.id, p.entry, p.amount, p.prev FROM {book}.account AS a
        JOIN {book}.posting AS p ON p.id = coalesce(%(newest)s::bigint, a.last_posting)
        WHERE a.id = %(account)s AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.id, p.entry, p.amount, p.prev FROM line
        JOIN {book}.posting AS p ON p.id = line.prev WHERE line.prev >= %(indexed_below)s
    ), lines AS (
        SELECT entry, amount FROM line
        UNION ALL
        SELECT entry, amount FROM {book}.posting WHERE account = %(account)s AND id < %(indexed_below)s
            AND (%(newest)s::bigint IS NULL OR id <= %(newest)s)
    )
    SELECT coalesce(sum(l.amount), 0)::bigint FROM lines AS l
    JOIN {book}.entry AS e ON e.id = l.entry WHERE e.{axis} <= %(at)s
"""


def balance(connection: Connection, account: int, *, book: Book = MAIN) -> int:
    """Give one account's balance in minor units.

    Raises:
        UnknownAccount: the book has none of this number.
    """
    return balances(connection, [account], book=book)[account]


def balances(
    connection: Connection, accounts: Collection[int], *, book: Book = MAIN
) -> dict[int, int]:
    """Give the balances of several accounts, in minor units.

    Raises:
        UnknownAccount: the book has not got one of them.
    """
    there: dict[int, int] = dict(
        Cursor(connection).execute(book.sql(_NOW), [list(accounts)]).fetchall()
    )
    for number in accounts:
        if number not in there:
            raise UnknownAccount(
                f"there is no account {number}", field="account", there=str(number)
            )
    return there


def balance_at(
    connection: Connection,
    account: int,
    at: datetime,
    *,
    axis: Axis = "booked",
    newest: int | None = None,
    book: Book = MAIN,
) -> int:
    """Give an account's balance as of a moment, the moment included, in minor units.

    Args:
        connection: any.
        account: the account's number.
        at: the moment.
        axis: "booked" asks what the books said then; "effective" asks what was true then, with all that
            has been booked since about the time before it.
        newest: the account's newest line that counts, as it was read together with those of other accounts,
            so that all are seen at one moment; None is the newest now.
        book: the set of books.

    Raises:
        UnknownAccount: the book has none of this number.
    """
    balances(connection, [account], book=book)
    statement = book.sql(_AT).replace("{axis}", "booked_at" if axis == "booked" else "effective_at")
    values = {
        "account": account,
        "at": at,
        "newest": newest,
        "indexed_below": first_unindexed(connection, book=book),
    }
    row = Cursor(connection).execute(statement, values).fetchone()
    return int(row[0]) if row else 0
