"""The ways of posting: in batches of entries, in batches of columns, and one by one through the Poster.

Source: issue 2, section 6 (W1, W2).
"""

from __future__ import annotations

import threading
import time
from itertools import islice
from typing import TYPE_CHECKING

from tael import ledger
from tael.assurance.bench.sample import Sample, Stopwatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.assurance.bench.arena import Arena
    from tael.assurance.bench.traffic import Traffic


class Entries:
    """``ledger.post`` with batches of entries, one commit a batch."""

    def __init__(self, arena: Arena, book: ledger.Book, traffic: Traffic, size: int) -> None:
        """Open the connection it posts on."""
        self.name = f"post, batches of {size:,}"
        self._arena, self._book, self._size = arena, book, size
        self._entries = traffic.entries()
        self._connection = arena.connect()

    def run(self, seconds: float) -> Sample:
        """Post batch after batch."""
        watch = Stopwatch(self._arena.backends)
        while watch.seconds < seconds:
            batch = list(islice(self._entries, self._size))
            with watch.lap(self._size):
                verdicts = ledger.post(self._connection, batch, book=self._book)
                self._connection.commit()
            assert all(isinstance(verdict, ledger.Posted) for verdict in verdicts), verdicts
        return watch.sample()


class Columns:
    """``ledger.post_columns`` with batches of columns, one commit a batch."""

    def __init__(self, arena: Arena, book: ledger.Book, traffic: Traffic, size: int) -> None:
        """Open the connection it posts on."""
        self.name = f"post_columns, batches of {size:,}"
        self._arena, self._book, self._size, self._traffic = arena, book, size, traffic
        self._connection = arena.connect()

    def run(self, seconds: float) -> Sample:
        """Post batch after batch."""
        watch = Stopwatch(self._arena.backends)
        while watch.seconds < seconds:
            self.post(watch)
        return watch.sample()

    def post(self, watch: Stopwatch) -> None:
        """Post one batch."""
        batch = self._traffic.columns(self._size)
        with watch.lap(self._size):
            posted = ledger.post_columns(self._connection, batch, book=self._book)
            self._connection.commit()
        assert not posted.refusals, posted.refusals
        assert not posted.replayed.any()


class Callers:
    """Threads that each post one entry after the other through one Poster and wait for every answer.

    Making the entry is part of what a caller does and is timed with it.
    """

    def __init__(self, arena: Arena, book: ledger.Book, traffic: Sequence[Traffic]) -> None:
        """Make the Poster they share; each caller has traffic of his own."""
        many = len(traffic)
        self.name = "Poster, one caller" if many == 1 else f"Poster, {many} threads"
        self._arena = arena
        self._callers = [one.entries() for one in traffic]
        self._poster = ledger.Poster(arena.connect, book=book)
        self._poster.post(next(self._callers[0]))  # connects

    def run(self, seconds: float) -> Sample:
        """Let them all call until the time is up."""
        watch = Stopwatch(self._arena.backends)
        posted: list[list[float]] = [[] for _ in self._callers]
        failures: list[BaseException] = []
        stop = time.perf_counter() + seconds

        def call(place: int) -> None:
            latencies = posted[place]
            try:
                for entry in self._callers[place]:
                    began = time.perf_counter()
                    if began >= stop:
                        return
                    self._poster.post(entry)
                    latencies.append(time.perf_counter() - began)
            except BaseException as failure:  # noqa: BLE001 - raised below, in the thread that measures
                failures.append(failure)

        threads = [
            threading.Thread(target=call, args=(place,)) for place in range(len(self._callers))
        ]
        with watch.lap(0):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if failures:
            raise failures[0]
        watch.done = sum(map(len, posted))
        return watch.sample([latency for caller in posted for latency in caller])
