"""The only writer of money: a batch of entries, judged in order and written in one pass.

Source: architecture, section 2; reliability, section 3a; F-38; I1-I12.
"""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from psycopg import Cursor

from tael.ledger.batch import Batch, accounts_of
from tael.ledger.book import MAIN, Book
from tael.ledger.copy import copy_notes
from tael.ledger.entry import Entry, Posted, PostedLeg, Verdict
from tael.ledger.lock import lock
from tael.ledger.plain import as_plain, book_plain
from tael.ledger.taken_back import taken_back
from tael.ledger.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg import Connection

    from tael.ledger.memory import Memory
    from tael.ledger.numbers import Numbers
    from tael.ledger.plain import Plain, PlainLines

PLAIN_FROM: Final = 128  # entries; fewer are judged faster one by one


def post(
    connection: Connection, entries: Sequence[Entry], *, book: Book = MAIN, atomic: bool = False
) -> list[Verdict]:
    """Book a batch of entries and give the verdict on each, in the order in which they were given.

    Each entry is judged against what the accepted ones before it have left. A key that is known with the
    same content gives the first answer again and moves nothing. The caller commits; before his commit
    nothing is acknowledged, and no other writer can move the accounts.

    Args:
        connection: a psycopg connection in a transaction, plain or Django's, at READ COMMITTED.
        entries: any number; some thousands at a time is fastest.
        book: the set of books.
        atomic: all or nothing: the first refusal is raised and nothing is written.

    Raises:
        KeyInFlight: another transaction is writing one of the keys with other content; roll back and retry.
        AccountBusy: an account stayed locked for longer than the connection waits; roll back and retry.
        Refusal: with ``atomic``, the first entry's refusal.
    """
    if not entries:
        return []
    plain = as_plain(entries) if len(entries) >= PLAIN_FROM else None
    verdicts = plain and _book_plain(connection, entries, plain, book)
    return verdicts or post_each(connection, entries, book=book, atomic=atomic)


def post_each(
    connection: Connection,
    entries: Sequence[Entry],
    *,
    book: Book,
    atomic: bool = False,
    memory: Memory | None = None,
) -> list[Verdict]:
    """Judge entry by entry and write what is accepted; ``memory`` learns how the accounts stand then."""
    keys = [key for entry in entries for key in (entry.key, *entry.aliases)]
    scene = lock(connection, accounts_of(entries), keys, book=book)
    batch = Batch(entries, scene, taken_back(connection, entries, book=book))
    batch.judge_all()
    batch.recall(connection, book)
    if atomic:
        batch.raise_first_refusal()
    if batch.accepted:
        touched = scene.accounts.values()
        numbers = write(connection, book, batch.accepted, batch.digests, batch.lines, touched)
        batch.number(numbers)
        if memory is not None:
            memory.keep(scene, numbers)
    return batch.verdicts


def _book_plain(
    connection: Connection, entries: Sequence[Entry], plain: Plain, book: Book
) -> list[Verdict] | None:
    """Book the batch as columns; None where an entry needs a closer look."""

    def answer(numbers: Numbers, lines: PlainLines) -> list[Verdict]:
        balances = lines.in_order(lines.balance).tolist()
        moves = zip(plain.account.tolist(), plain.amount.tolist(), balances, strict=True)
        legs = list(map(_posted_leg, moves))
        many, first = len(entries), numbers.entry_first
        posted = zip(
            range(first, first + many),
            zip(legs[::2], legs[1::2], strict=True),
            repeat(numbers.booked_at, many),
            [entry.effective_at for entry in entries],
            range(numbers.posting_first, numbers.posting_first + 2 * many, 2),
            repeat(False, many),
            repeat((), many),
            strict=True,
        )
        return list(map(_posted, posted))

    def beside(numbers: Numbers) -> None:
        copy_notes(Cursor(connection), book, entries, numbers)

    return book_plain(connection, plain, book, answer=answer, beside=beside)


# what the classes' own constructors do, without a call in between
_posted_leg: Final[Callable[[Iterable[Any]], PostedLeg]] = partial(tuple.__new__, PostedLeg)
_posted: Final[Callable[[Iterable[Any]], Posted]] = partial(tuple.__new__, Posted)
