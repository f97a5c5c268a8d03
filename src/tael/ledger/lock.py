"""The one place where rows of money are locked, always in the order of their numbers.

Two writers that lock in one order can wait for each other but never in a circle; so a deadlock is a bug
here and not a reason to retry.

Source: reliability M1, section 3a; architecture, section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg import Cursor, errors
from psycopg.pq import TransactionStatus

from tael.ledger.book import MAIN, Book
from tael.ledger.refusals import AccountBusy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

CLASSES: Final = ("client", "house", "custody", "suspense")
BLOCKS: Final = ("none", "debit", "credit", "both", "closed")
NO_FLOOR: Final = -9_000_000_000_000_000_000

_LOCK = """
    SELECT account_id, account_unit, account_currency, account_class, account_floor, account_balance,
        account_version, account_last, account_block, known_key, known_digest, known_entry, closed_through
    FROM {book}.lock_accounts(%s::bigint[], %s::uuid[])
"""


class Locked:
    """An account as it stands under its row lock, and as the batch moves it."""

    __slots__ = (
        "balance",
        "block",
        "class_",
        "currency",
        "floor",
        "id",
        "last",
        "unit",
        "version",
        "version_read",
    )

    def __init__(
        self,
        id: int,  # noqa: A002 - the column's name
        unit: int,
        currency: str,
        class_: int,
        floor: int,
        balance: int,
        version: int,
        last: int,
        block: int,
    ) -> None:
        """Take the columns of one locked row.

        ``unit`` is the currency's number, ``class_`` and ``block`` are places, from 1, in CLASSES and BLOCKS.
        """
        self.id = id
        self.unit = unit
        self.currency = currency
        self.class_ = class_
        self.floor = floor
        self.balance = balance
        self.version = self.version_read = version
        self.last = last
        self.block = block

    @property
    def available(self) -> int | None:
        """What may be taken out, in minor units; None when there is no floor."""
        return None if self.floor == NO_FLOOR else max(self.balance - self.floor, 0)


class Scene:
    """What a batch is judged against: the locked accounts, the known keys, the closed period."""

    __slots__ = ("accounts", "closed_through", "known")

    def __init__(
        self,
        accounts: dict[int, Locked],
        known: dict[UUID, tuple[bytes, int]],
        closed_through: datetime | None,
    ) -> None:
        """Hold one batch's facts."""
        self.accounts = accounts
        self.known = known
        self.closed_through = closed_through


def lock(
    connection: Connection, ids: Iterable[int], keys: Iterable[UUID], *, book: Book = MAIN
) -> Scene:
    """Lock the accounts in order, then read what has been written under the keys. One round trip.

    Raises:
        AccountBusy: one of them stayed locked by another for longer than the connection waits.
    """
    row = read_locked(connection, _array(ids), _array(keys), book=book).fetchone()
    if row is None:
        return Scene({}, {}, None)
    *columns, keys_known, digests, entries, closed_through = row
    accounts: dict[int, Locked] = {}
    if columns[0] is not None:
        accounts = {values[0]: Locked(*values) for values in zip(*columns, strict=True)}
    known: dict[UUID, tuple[bytes, int]] = {}
    if keys_known is not None:
        rows = zip(keys_known, digests, entries, strict=True)
        known = {key: (digest.bytes, entry) for key, digest, entry in rows}
    return Scene(accounts, known, closed_through)


def read_locked(connection: Connection, ids: object, keys: object, *, book: Book) -> Cursor[Any]:
    """Lock the accounts and leave the one row of columns on the cursor."""
    assert_in_transaction(connection)
    try:
        return Cursor(connection).execute(book.sql(_LOCK), [ids, keys], binary=True)
    except errors.LockNotAvailable as busy:
        message = "an account is held by another request"
        raise AccountBusy(message, field="account") from busy


def assert_in_transaction(connection: Connection) -> None:
    """Stop a programmer who would write money outside a transaction.

    Inside Django's ``atomic`` and before its first statement the connection is idle but not in
    autocommit; that is a transaction about to begin.
    """
    status = connection.info.transaction_status
    if connection.autocommit and status is not TransactionStatus.INTRANS:
        message = "the ledger writes inside a transaction only: open one, or turn autocommit off"
        raise RuntimeError(message)


def _array(values: Iterable[object]) -> str:
    """Give numbers or keys as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"
