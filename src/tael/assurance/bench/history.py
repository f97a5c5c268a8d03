"""W3: the newest lines of an account that has a long history.

Source: issue 2, section 6 (W3); performance, section 6.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from tael import ledger
from tael.assurance.bench.sample import Sample, Stopwatch
from tael.assurance.bench.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tael.assurance.bench.arena import Arena

LINES: Final = 50


class Onto(Traffic):
    """Transfers that all go into one account."""

    def __init__(self, accounts: Sequence[int], *, seed: int, onto: int) -> None:
        """Let everybody else pay."""
        super().__init__([account for account in accounts if account != onto], seed=seed)
        self._onto = onto

    def pairs(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Draw payers and amounts."""
        payer, _, amount = super().pairs(count)
        return payer, np.full(count, self._onto, dtype=np.int64), amount


class LastLines:
    """``ledger.last_lines`` of accounts taken in turns, one client."""

    def __init__(
        self, arena: Arena, book: ledger.Book, accounts: Sequence[int], *, seed: int, name: str
    ) -> None:
        """Open the connection that reads."""
        self.name = name
        self._arena, self._book = arena, book
        self._accounts = list(accounts)
        self._random = np.random.default_rng(seed)
        self._connection = arena.connect()
        self._connection.autocommit = True

    def run(self, seconds: float) -> Sample:
        """Read one page after the other."""
        latencies: list[float] = []
        watch = Stopwatch(self._arena.backends)
        while watch.seconds < seconds:
            accounts = self._random.choice(self._accounts, 100).tolist()
            with watch.lap(len(accounts)):
                for account in accounts:
                    began = time.perf_counter()
                    lines = ledger.last_lines(
                        self._connection, account, limit=LINES, book=self._book
                    )
                    latencies.append(time.perf_counter() - began)
                    assert lines, account
        return watch.sample(latencies)


class Rows:
    """The yardstick of a page of lines: as many rows of the same table by primary key, one statement."""

    name = f"{LINES} rows by primary key"

    def __init__(self, arena: Arena, book: ledger.Book, *, seed: int) -> None:
        """Open the connection that reads."""
        self._arena = arena
        self._random = np.random.default_rng(seed)
        self._connection = arena.connect()
        self._connection.autocommit = True
        self._statement = book.sql("SELECT * FROM {book}.posting WHERE id = ANY(%s)")
        row = self._connection.execute(
            book.sql("SELECT last_value FROM {book}.posting_id")
        ).fetchone()
        assert row is not None
        self._last = int(row[0])

    def run(self, seconds: float) -> Sample:
        """Read rows that lie anywhere in the book."""
        latencies: list[float] = []
        watch = Stopwatch(self._arena.backends)
        while watch.seconds < seconds:
            pages = self._random.integers(1, self._last + 1, (100, LINES)).tolist()
            with watch.lap(len(pages)):
                for page in pages:
                    began = time.perf_counter()
                    rows = self._connection.execute(self._statement, [page]).fetchall()
                    latencies.append(time.perf_counter() - began)
                    assert rows, page
        return watch.sample(latencies)
