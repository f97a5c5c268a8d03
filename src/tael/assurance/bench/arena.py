"""Where a benchmark takes place: a database of its own, with books that it makes and removes."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tael import ledger
from tael.assurance.bench.sample import Backends
from tael.money import Currency
from tael.postgres.embedded import Server
from tael.postgres.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection

FUNDS: Final = 10**12  # minor units on each account: nobody runs dry in any run
CNY: Final = Currency("CNY", 2)
_OPENING: Final = ledger.Kind("bench.opening", "Opening balance of a benchmark")


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """Give the connection string of a server: the operator's, or an embedded one for this run only.

    The embedded one has the settings that every Tael installation has, so its commits are on disk.
    """
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="tael-bench-") as folder:
        embedded = Server(Home(Path(folder)))
        embedded.start()
        try:
            yield embedded.conninfo("postgres")
        finally:
            embedded.stop()


class Arena:
    """A database made for one run."""

    def __init__(self, url: str, *, accounts: int) -> None:
        """Name the database; ``open`` makes it."""
        self.database = f"bench_{os.getpid()}_{os.urandom(3).hex()}"
        self.url = make_conninfo(url, dbname=self.database)
        self.accounts = accounts
        self.backends = Backends(self.connect)
        self._server = url
        self._opened: list[Connection] = []

    def __enter__(self) -> Self:
        """Make the database."""
        self._on_server("CREATE DATABASE {}")
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened, and remove the database with everything in it."""
        for connection in self._opened:
            connection.close()
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.database)))

    def connect(self) -> Connection:
        """Open a connection; it is closed with the arena."""
        connection = psycopg.connect(self.url)
        self._opened.append(connection)
        return connection

    def open_book(self, name: str) -> tuple[ledger.Book, list[int]]:
        """Make a book with funded accounts; give it and their numbers."""
        book = ledger.Book(name)
        with self.connect() as connection:
            ledger.create_book(connection, book)
            ledger.define_currency(connection, CNY, book=book)
            numbers = ledger.open_accounts(
                connection,
                [ledger.Opening(f"wallet:{at}", "CNY", "client") for at in range(self.accounts)],
                book=book,
            )
            outside = ledger.open_account(
                connection, code="outside", currency="CNY", class_="custody", floor=None, book=book
            )
            now = connection.execute("SELECT clock_timestamp()").fetchone()
            assert now is not None
            entries = [
                ledger.Entry(
                    kind=_OPENING,
                    legs=(ledger.Leg(outside, -FUNDS), ledger.Leg(number, FUNDS)),
                    key=ledger.key_of("bench", f"opening {number}"),
                    effective_at=now[0],
                    actor="system",
                )
                for number in numbers
            ]
            ledger.post(connection, entries, book=book, atomic=True)
        self.tidy()
        return book, numbers

    def tidy(self) -> None:
        """Let the database gather its statistics, which it does by itself on a quiet day."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def faults(
        self, books: Sequence[ledger.Book], *, tell: Callable[[str], None] = lambda _: None
    ) -> list[str]:
        """Prove the books; give what does not hold."""
        faults = []
        with psycopg.connect(self.url) as connection:
            for book in books:
                tell(f"proving the book {book.name}")
                faults += [
                    f"{fault.invariant} {fault.subject}: {fault.message}"
                    for fault in ledger.integrity.check(connection, book=book)
                ]
        return faults
