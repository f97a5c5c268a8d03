"""Whether a book slows down as it grows: the same transfers into a young book and into an old one.

Both are measured in turns at the end, so the hours in between do not matter.

Source: issue 2, section 6 (W1 after 50 million postings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.assurance.bench import machine
from tael.assurance.bench.arena import Arena, server
from tael.assurance.bench.contest import Contest, Goal, hold
from tael.assurance.bench.loading import load
from tael.assurance.bench.posting import Columns, Entries
from tael.assurance.bench.program import Size, in_words
from tael.assurance.bench.report import Report
from tael.assurance.bench.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.assurance.bench.sample import Contender
    from tael.ledger import Book

YOUNG: Final = 1_000_000  # postings
_GOAL: Final = Goal(0.7)
_SIZE: Final = """
    SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'm')
"""


def run(
    *,
    url: str | None,
    postings: int,
    size: Size,
    seed: int,
    young: int = YOUNG,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Fill two books, one of them to ``postings``, and measure W1 on both in turns.

    Args:
        url: connection string of a role that may make databases; None for an embedded server of our own.
        postings: lines of the old book. young: of the other one.
        size: seconds and rounds. seed: of accounts, pairs and amounts.
        tell: is told what is going on.
    """
    with server(url) as at, Arena(at, accounts=size.accounts) as arena:
        with arena.connect() as connection:
            report = Report(machine.facts(connection), in_words(size, seed))
        ways: dict[str, list[Contender]] = {}
        books: list[Book] = []
        for name, lines in (("young", young), ("old", postings)):
            book, accounts = arena.open_book(name)
            books.append(book)
            traffic = Traffic(accounts, seed=[seed, lines])
            loaded = load(arena, book, traffic, transfers=lines // 2, tell=tell)
            report.notes.append(
                f"Loaded {lines:,} postings into the {name} book at {loaded.rate:,.0f} transfers/s;"
                f" {_bytes(arena, book) / lines:,.0f} bytes on disk a posting."
            )
            ways[name] = [
                Columns(arena, book, traffic, size.batch),
                Entries(arena, book, traffic, size.thousand),
            ]
        arena.tidy()
        contests = []
        for fresh, grown in zip(ways["young"], ways["old"], strict=True):
            fresh.name += f", after {young:,} postings"
            grown.name += f", after {postings:,}"
            contests += [Contest("W1", fresh), Contest("W1", grown, fresh, "young", _GOAL)]
        report.figures = hold(contests, rounds=size.rounds, seconds=size.seconds, tell=tell)
        report.memory = machine.resident_megabytes()
        report.faults = arena.faults(books, tell=tell)
    return report


def _bytes(arena: Arena, book: Book) -> int:
    with arena.connect() as connection:
        row = connection.execute(_SIZE, [book.name]).fetchone()
    return int(row[0]) if row else 0
