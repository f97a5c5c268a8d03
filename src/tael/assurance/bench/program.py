"""The standard run: which workloads there are, what each is held against, and what it has to reach.

Source: issue 2, section 6 (workloads, goals).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tael.assurance.bench import history, machine
from tael.assurance.bench.arena import Arena, server
from tael.assurance.bench.contest import Contest, Figure, Goal, hold
from tael.assurance.bench.loading import load
from tael.assurance.bench.posting import Callers, Columns, Entries
from tael.assurance.bench.report import Report
from tael.assurance.bench.site import Requests, Site
from tael.assurance.bench.traffic import Traffic
from tael.assurance.bench.wallets import Operations, WalletProgram
from tael.assurance.bench.yardsticks import BareCopy, Naive
from tael.ledger import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.assurance.bench.sample import Contender
    from tael.ledger import Book

WORKLOADS: Final = {
    "W1": "random pairs of funded accounts, balances enforced, a key each, durable commits",
    "W2": "W1 with half of all transfers into one account",
    "W3": "the last 50 lines of an account with a long history",
    "W4": "the seven wallet operations mixed, through the wallet's functions",
    "W5": "W4 over HTTP with 32 connections",
}
_EVEN: Final = Goal(0.9)  # W2 beside W1


@dataclass(frozen=True, slots=True)
class Size:
    """How much a run does.

    Args:
        seconds: that each contender runs in a round. rounds: how many.
        accounts: funded ones. history: lines of the account that W3 reads.
        batch: the large batch of columns. thousand: the middle batch. threads: callers at once.
        customers: of W4 and W5, each with a wallet in two currencies.
    """

    seconds: float = 3.0
    rounds: int = 3
    accounts: int = 10_000
    history: int = 5_000_000
    batch: int = 8_000
    thousand: int = 1_000
    threads: int = 32
    customers: int = 500


QUICK: Final = Size(seconds=1.0, history=200_000, customers=200)


def run(
    *,
    url: str | None,
    size: Size,
    seed: int,
    only: Sequence[str] = tuple(WORKLOADS),
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Measure the workloads on a server and report.

    Args:
        url: connection string of a role that may make databases; None for an embedded server of our own.
        size: how much to do. seed: of accounts, pairs and amounts.
        only: the workloads to run.
        tell: is told what is going on.
    """
    with server(url) as at, Arena(at, accounts=size.accounts) as arena:
        with arena.connect() as connection:
            about = machine.facts(connection)
        report = Report(about, in_words(size, seed))
        bench = _Bench(arena, size, seed, tell)
        if "W1" in only or "W2" in only:
            report.figures += bench.postings(only)
        if "W3" in only:
            report.figures += bench.reading()
        if "W4" in only or "W5" in only:
            report.figures += bench.wallets(only)
        report.notes += bench.notes
        report.memory = machine.resident_megabytes()
        report.faults = arena.faults(bench.books, tell=tell)
    return report


def in_words(size: Size, seed: int) -> dict[str, str]:
    """Say how a run went about it."""
    return {
        "seed": str(seed),
        "rounds": f"{size.rounds} of {size.seconds:g} s each, in turns, medians",
        "accounts": f"{size.accounts:,}",
    }


class _Bench:
    def __init__(self, arena: Arena, size: Size, seed: int, tell: Callable[[str], None]) -> None:
        self.books: list[Book] = []
        self.notes: list[str] = []
        self._arena, self._size, self._seed, self._tell = arena, size, seed, tell

    def _hold(self, contests: Sequence[Contest]) -> list[Figure]:
        size = self._size
        return hold(contests, rounds=size.rounds, seconds=size.seconds, tell=self._tell)

    @cached_property
    def _naive(self) -> Naive:
        return Naive(self._arena, seed=self._seed)

    def postings(self, only: Sequence[str]) -> list[Figure]:
        """W1 and W2: every way of posting, evenly spread and onto one account."""
        arena, size = self._arena, self._size
        self._tell("making the books")
        book, accounts = arena.open_book("posting")
        self.books.append(book)
        copied, _ = arena.open_book("yardstick")
        even = Traffic(accounts, seed=self._seed)
        small, large = (BareCopy(arena, copied, even, rows) for rows in (size.thousand, size.batch))
        a, b = "(a)", "(b)"
        contests = [Contest(a, small), Contest(a, large), Contest(b, self._naive)]
        w1 = self._ways(book, accounts, hot=None)
        w2 = self._ways(book, accounts, hot=accounts[0])
        beside: list[tuple[Contender, str, Goal | None]] = [
            (self._naive, b, Goal(20)),
            (small, f"{a} {size.thousand:,}", None),
            (large, f"{a} {size.batch:,}", Goal(0.4, 0.6)),
            (self._naive, b, None),
            (self._naive, b, Goal(5, 10)),
        ]
        for way, onto_one, yardstick in zip(w1, w2, beside, strict=True):
            if "W1" in only:
                contests.append(Contest("W1", way, *yardstick))
            if "W2" in only:
                contests.append(Contest("W2", onto_one, way, "W1", _EVEN))
        return sorted(self._hold(contests), key=lambda figure: figure.contest.workload)

    def _ways(self, book: Book, accounts: Sequence[int], hot: int | None) -> list[Contender]:
        arena, size = self._arena, self._size

        def traffic(number: int) -> Traffic:
            return Traffic(accounts, seed=[self._seed, number], hot=hot)

        return [
            Entries(arena, book, traffic(1), size.thousand),
            Columns(arena, book, traffic(2), size.thousand),
            Columns(arena, book, traffic(3), size.batch),
            Callers(arena, book, [traffic(4)]),
            Callers(arena, book, [traffic(10 + at) for at in range(size.threads)]),
        ]

    def reading(self) -> list[Figure]:
        """W3: a page of lines, of the account with the long history and of all the others."""
        arena, size, seed = self._arena, self._size, self._seed
        book, accounts = arena.open_book("history")
        self.books.append(book)
        onto = history.Onto(accounts, seed=seed, onto=accounts[0])
        load(arena, book, onto, transfers=size.history, tell=self._tell)
        arena.tidy()
        rows = history.Rows(arena, book, seed=seed)
        many = f"last {history.LINES} of {size.history:,} lines"
        others = f"last {history.LINES} lines of the others"
        goal = Goal(5, of="p99")
        one, all_ = accounts[:1], accounts[1:]
        long = history.LastLines(arena, book, one, seed=seed, name=many)
        short = history.LastLines(arena, book, all_, seed=seed, name=others)
        contests = [
            Contest("(c)", rows),
            Contest("W3", long, rows, "(c)", goal),
            Contest("W3", short, rows, "(c)", goal),
        ]
        return self._hold(contests)

    def wallets(self, only: Sequence[str]) -> list[Figure]:
        """W4 and W5: the wallet operations, by a program of its own and over HTTP."""
        arena, size = self._arena, self._size
        with ExitStack() as open_ones:
            self._tell("settling customers")
            program = WalletProgram(arena, customers=size.customers, threads=size.threads)
            open_ones.callback(program.close)
            contests: list[Contest] = []
            if "W4" in only:
                alone = Operations(arena, program, threads=1)
                many = Operations(arena, program, threads=size.threads)
                contests += [
                    Contest("W4", alone, self._naive, "(b)"),
                    Contest("W4", many, self._naive, "(b)"),
                ]
            site = None
            if "W5" in only:
                site = Site(program)
                open_ones.callback(site.close)
                refused = Requests(arena, site, refused=True, seed=self._seed)
                booked = Requests(arena, site, refused=False, seed=self._seed)
                contests += [
                    Contest("(d)", refused),
                    Contest("W5", booked, refused, "(d)", Goal(0.25)),
                ]
            figures = self._hold(contests)
            for what, memory in (
                ("the wallet program", program.memory),
                ("the largest process of `tael serve`", site.memory() if site else None),
            ):
                if memory is not None:
                    self.notes.append(
                        f"Memory of {what}: {memory[0]:.0f} MB, at its peak {memory[1]:.0f} MB."
                    )
            self.books.append(MAIN)
        return sorted(figures, key=lambda figure: figure.contest.workload)
