"""Filling a book before it is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.assurance.bench.posting import Columns
from tael.assurance.bench.sample import Sample, Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.assurance.bench.arena import Arena
    from tael.assurance.bench.traffic import Traffic

BATCH: Final = 8_000
_TELL_EVERY: Final = BATCH * 50
_INDEX_EVERY: Final = 4_000_000  # transfers: as many lines as a leaf holds


def load(
    arena: Arena,
    book: ledger.Book,
    traffic: Traffic,
    *,
    transfers: int,
    tell: Callable[[str], None],
) -> Sample:
    """Post so many transfers, as fast as it goes; leaves that are full get their index meanwhile."""
    columns = Columns(arena, book, traffic, BATCH)
    watch = Stopwatch(arena.backends)
    while watch.done < transfers:
        columns.post(watch)
        if watch.done % _TELL_EVERY == 0:
            rate = watch.done / watch.seconds
            tell(f"loading {book.name}: {watch.done:,} of {transfers:,} transfers, {rate:,.0f}/s")
        if watch.done % _INDEX_EVERY == 0:
            index(arena, book)
    index(arena, book)
    return watch.sample()


def index(arena: Arena, book: ledger.Book) -> None:
    """Do what a job does every night: index the leaves that are full."""
    with arena.connect() as connection:
        ledger.index_full_leaves(connection, book=book)
