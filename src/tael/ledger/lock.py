"""The one place where rows of money are locked, always in the order of their numbers.

Two writers that lock in one order can wait for each other but never in a circle; so a deadlock is a bug
here and not a reason to retry.

Source: reliability M1, section 3a; architecture, section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import Cursor
from psycopg.pq import TransactionStatus

from tael.ledger.book import MAIN, Book

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

_HOLD_PERIODS = "SELECT pg_advisory_xact_lock_shared(%s)"
_LOCK = """
    SELECT id, currency, class, floor, balance, version, last_posting, blocked, closed_at IS NOT NULL
    FROM {book}.account WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""
_KNOWN = "SELECT key, digest, entry FROM {book}.entry_key WHERE key = ANY(%s)"
_CLOSED = "SELECT max(closed_through) FROM {book}.period"


class Locked:
    """An account as it stands under its row lock, and as the batch moves it."""

    __slots__ = (
        "balance",
        "blocked",
        "class_",
        "closed",
        "currency",
        "floor",
        "id",
        "last",
        "version",
        "version_read",
    )

    def __init__(  # noqa: PLR0913 - a row
        self,
        id: int,  # noqa: A002 - the column's name
        currency: str,
        class_: str,
        floor: int | None,
        balance: int,
        version: int,
        last: int,
        blocked: str,
        closed: bool,  # noqa: FBT001 - a row
    ) -> None:
        """Take the columns of one locked row."""
        self.id = id
        self.currency = currency
        self.class_ = class_
        self.floor = floor
        self.balance = balance
        self.version = version
        self.version_read = version
        self.last = last
        self.blocked = blocked
        self.closed = closed

    @property
    def available(self) -> int | None:
        """What may be taken out, in minor units; None when there is no floor."""
        return None if self.floor is None else max(self.balance - self.floor, 0)


class Scene:
    """What a batch is judged against: the locked accounts, the known keys, the closed period."""

    __slots__ = ("accounts", "closed_through", "known")

    def __init__(
        self,
        accounts: dict[int, Locked],
        known: dict[UUID, tuple[UUID, int]],
        closed_through: datetime | None,
    ) -> None:
        """Hold one batch's facts."""
        self.accounts = accounts
        self.known = known
        self.closed_through = closed_through


def lock(
    connection: Connection, ids: Iterable[int], keys: list[UUID], *, book: Book = MAIN
) -> Scene:
    """Lock the accounts in order, then read what has been written under the keys. One round trip.

    The keys are read by a statement of its own after the locks: a twin of this request that held them
    has committed by then and is seen.
    """
    assert_in_transaction(connection)
    wanted = sorted(ids)
    with connection.pipeline():
        Cursor(connection).execute(_HOLD_PERIODS, [book.lock_number("periods")])
        rows = Cursor(connection).execute(book.sql(_LOCK), [wanted])
        known = Cursor(connection).execute(book.sql(_KNOWN), [keys])
        closed = Cursor(connection).execute(book.sql(_CLOSED))
    accounts = {row[0]: Locked(*row) for row in rows.fetchall()}
    closed_row = closed.fetchone()
    return Scene(
        accounts,
        {key: (digest, entry) for key, digest, entry in known.fetchall()},
        closed_row[0] if closed_row else None,
    )


def assert_in_transaction(connection: Connection) -> None:
    """Stop a programmer who would write money outside a transaction.

    Inside Django's ``atomic`` and before its first statement the connection is idle but not in
    autocommit; that is a transaction about to begin.
    """
    status = connection.info.transaction_status
    if connection.autocommit and status is not TransactionStatus.INTRANS:
        message = "the ledger writes inside a transaction only: open one, or turn autocommit off"
        raise RuntimeError(message)
