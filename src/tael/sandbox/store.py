"""The sandbox's own state: one SQLite file, which survives a kill of the process at any moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# payment: what a merchant asked for and what the payer did. notice: what the merchant is told, and
# whether it has been. attempt: every single sending. habit: how the sandbox behaves at present.
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payment (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL UNIQUE,
    merchant TEXT NOT NULL,
    order_number TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    subject TEXT NOT NULL,
    return_url TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    expires INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'paid', 'declined')),
    paid TEXT,
    refunded TEXT NOT NULL DEFAULT '0',
    created_at REAL NOT NULL,
    paid_at REAL
);
CREATE INDEX IF NOT EXISTS payment_of_order ON payment (merchant, order_number);
CREATE TABLE IF NOT EXISTS notice (
    id INTEGER PRIMARY KEY,
    payment INTEGER NOT NULL REFERENCES payment,
    event TEXT NOT NULL,
    facts TEXT NOT NULL,
    genuine INTEGER NOT NULL,
    seal TEXT NOT NULL,
    body TEXT NOT NULL,
    shift INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'kept', 'delivered', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS notice_waiting ON notice (due) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS notice_of_payment ON notice (payment);
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY,
    notice INTEGER NOT NULL REFERENCES notice,
    at REAL NOT NULL,
    status INTEGER,
    answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempt_of_notice ON attempt (notice);
CREATE TABLE IF NOT EXISTS habit (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Store:
    """The folder with the file in it."""

    folder: Path

    def prepare(self) -> None:
        """Make the file, for our eyes only, if it is not there yet."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "sandbox.sqlite3").touch(mode=0o600)
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that writes: all of it or nothing, on the disk when it ends."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def rows(self, statement: str, *parameters: Any) -> list[sqlite3.Row]:
        """Read."""
        with closing(self._connect()) as connection:
            return connection.execute(statement, parameters).fetchall()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.folder / "sandbox.sqlite3", timeout=20, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection
