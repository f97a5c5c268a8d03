"""A batch of plain entries, two legs each, judged and written as whole columns.

Nearly every batch is like that. One in which anything is out of the ordinary (a key seen before, funds short,
an account blocked) is left to the path that judges entry by entry; so the two can never disagree.

Source: architecture, section 2; performance, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from psycopg import Cursor, errors

from tael.ledger.arrays import (
    Int8Array,
    UuidArray,
    copy_layout,
    copy_rows,
    int8_column,
    microseconds,
    teach,
)
from tael.ledger.copy import COPY_KEY, COPY_POSTING, KEY_ROW, MOVE, POSTING_ROW
from tael.ledger.digest import of_transfers
from tael.ledger.entry import Leg
from tael.ledger.judge import BALANCE_MAX
from tael.ledger.lock import read_locked
from tael.ledger.numbers import Numbers, take_numbers
from tael.ledger.routing import CLIENT, HOUSE
from tael.ledger.write import LostRaceError, raise_in_flight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Entry, Kind

_COPY_ENTRY = (
    "COPY {book}.entry (id, first_posting, reverses, effective_at, booked_at, legs, kind, channel, actor)"
    " FROM STDIN (FORMAT BINARY)"
)
# columns of lock_accounts; the empty name is a column of text
_COLUMNS: Final = ("id", "unit", "", "class", "floor", "balance", "version", "last", "block")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Entries of two legs each that share their words.

    Args:
        account: two a row, in the order of the legs. amount: what each is moved by, minor units.
        keys: one a row, dtype "V16".
        effective: PostgreSQL's microseconds, of all or one a row. earliest: the first of them.
        digests: gives what the rows ask for, dtype "V16"; called while the server is busy.
        kind: what sort of movement. channel: over which channel. actor: who.
    """

    account: NDArray[np.int64]
    amount: NDArray[np.int64]
    keys: NDArray[np.void]
    effective: NDArray[np.int64] | int
    earliest: datetime
    digests: Callable[[], NDArray[np.void]]
    kind: Kind
    channel: str
    actor: str

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.keys)


_WORDS: Final = attrgetter("kind.code", "kind.mixes", "channel", "actor")
_BARE: Final = attrgetter("sno", "pno", "code", "info", "data", "content")
_NOTHING: Final = (None, None, "", "", None, None)


def as_plain(entries: Sequence[Entry]) -> Plain | None:
    """Give entries as columns; None where one is not plain or has words of its own."""
    first = entries[0]
    legs = list(chain.from_iterable(entry.legs for entry in entries))
    if (
        len(legs) != 2 * len(entries)
        or {len(entry.legs) for entry in entries} != {2}
        or {*map(type, legs)} != {Leg}
        or any(entry.reverses is not None or entry.aliases or entry.watch for entry in entries)
        or len({*map(_WORDS, entries)}) > 1
    ):
        return None
    try:
        moves = np.array(legs, dtype=np.int64)
    except OverflowError:  # an amount or an account that no column holds
        return None
    account, amount = moves[:, 0].copy(), moves[:, 1].copy()

    def digests() -> NDArray[np.void]:
        if any(_BARE(entry) != _NOTHING for entry in entries):
            return np.frombuffer(b"".join(entry.digest() for entry in entries), dtype="V16")
        swapped = amount[::2] > 0
        payer = np.where(swapped, account[1::2], account[::2])
        receiver = np.where(swapped, account[::2], account[1::2])
        words = first.kind.code, first.channel
        return of_transfers(*words, payer, receiver, np.abs(amount[::2]))

    moments = {entry.effective_at for entry in entries}
    effective: NDArray[np.int64] | int = microseconds(first.effective_at)
    if len(moments) > 1:
        each = (microseconds(entry.effective_at) for entry in entries)
        effective = np.fromiter(each, dtype=np.int64, count=len(entries))
    return Plain(
        account=account,
        amount=amount,
        keys=np.frombuffer(b"".join(entry.key.bytes for entry in entries), dtype="V16"),
        effective=effective,
        earliest=min(moments),
        digests=digests,
        kind=first.kind,
        channel=first.channel,
        actor=first.actor,
    )


class PlainLines:
    """The postings of a batch as columns, sorted by account and within it in the order of their numbers."""

    def __init__(self, scene: _Scene, amount: NDArray[np.int64]) -> None:
        """Follow each account through the batch."""
        order = np.argsort(scene.place, kind="stable")
        self.account = scene.place[order]
        self.amount = amount[order]
        starts = np.flatnonzero(np.r_[True, self.account[1:] != self.account[:-1]])
        lengths = np.diff(np.r_[starts, len(order)])
        # exact prefix sums of each account's own run of lines
        sums = np.cumsum(self.amount)
        before_run = np.repeat(sums[starts] - self.amount[starts], lengths)
        self.order = order
        self.first = starts
        self.newest = starts + lengths - 1
        self.touched = self.account[starts]
        self.balance = sums - before_run + scene.balance[self.account]
        rank = np.arange(len(order)) - np.repeat(starts, lengths)
        self.version = scene.version[self.account] + rank + 1
        self.scene = scene

    def in_order(self, column: NDArray[np.int64]) -> NDArray[np.int64]:
        """Bring a sorted column into the order of the postings' numbers."""
        ordered = np.empty_like(column)
        ordered[self.order] = column
        return ordered

    def prev(self, posting_first: int) -> NDArray[np.int64]:
        """Give each line's predecessor on its account."""
        prev = np.empty(len(self.order), dtype=np.int64)
        prev[1:] = posting_first + self.order[:-1]
        prev[self.first] = self.scene.last[self.touched]
        return prev


class _Scene:
    """The locked accounts as columns, and which of them each leg means."""

    def __init__(self, columns: dict[str, NDArray[np.int64]], place: NDArray[Any]) -> None:
        self.id = columns["id"]
        self.unit = columns["unit"]
        self.class_ = columns["class"]
        self.floor = columns["floor"]
        self.balance = columns["balance"]
        self.version = columns["version"]
        self.last = columns["last"]
        self.block = columns["block"]
        self.place = place


def book_plain(
    connection: Connection,
    plain: Plain,
    book: Book,
    *,
    answer: Callable[[Numbers, PlainLines], T],
    beside: Callable[[Numbers], None] = lambda _: None,
) -> T | None:
    """Lock, judge and write the batch; None where a row needs a closer look: then nothing was written.

    Args:
        answer: makes the verdicts; called while the server takes in the last rows.
        beside: writes what goes with the entries.

    Raises:
        KeyInFlight: another transaction is writing one of the keys; roll back and retry.
        AccountBusy: an account stayed locked for longer than the connection waits; roll back and retry.
    """
    teach(connection)
    scene = _lock(connection, plain, book)
    lines = _judge(plain, scene) if scene is not None else None
    if lines is None:
        return None
    numbers = take_numbers(connection, book, len(plain), 2 * len(plain))
    try:
        verdicts = _copy(connection, plain, lines, numbers, book, answer)
        beside(numbers)
    except (errors.UniqueViolation, errors.LockNotAvailable) as failure:
        raise_in_flight(failure)
    _move(connection, lines, numbers, book)
    return verdicts


def _lock(connection: Connection, plain: Plain, book: Book) -> _Scene | None:
    """Lock the accounts in order; None where one does not exist, a key is known or the period is closed."""
    ids, place = np.unique(plain.account, return_inverse=True)
    cursor = read_locked(connection, Int8Array(ids), UuidArray(plain.keys), book=book)
    result = cursor.pgresult
    row = cursor.fetchone()
    if result is None or row is None:
        return None
    columns = {
        name: int8_column(result.get_value(0, at)) for at, name in enumerate(_COLUMNS) if name
    }
    *_, known, _, _, closed_through = row
    overtaken = closed_through is not None and plain.earliest <= closed_through
    if len(columns["id"]) != len(ids) or known or overtaken:
        return None
    return _Scene(columns, place)


def _judge(plain: Plain, scene: _Scene) -> PlainLines | None:
    """Accept the whole batch, or give None where any row needs a closer look."""
    one, other, amount = scene.place[::2], scene.place[1::2], plain.amount
    pair = np.stack((scene.class_[one], scene.class_[other]))
    mixed = ((pair == CLIENT).any(axis=0) & (pair == HOUSE).any(axis=0)).any()
    ordinary = (
        bool((amount != 0).all())
        and int(np.abs(amount).max()) <= BALANCE_MAX // (2 * len(plain))
        and bool((amount[::2] == -amount[1::2]).all())
        and bool((one != other).all())
        and bool((scene.block == 1).all())
        and bool((scene.unit[one] == scene.unit[other]).all())
        and (plain.kind.mixes or not mixed)
        and len(np.unique(plain.keys.view("S16"))) == len(plain)
        and bool((np.abs(scene.balance) <= BALANCE_MAX // 2).all())
    )
    if not ordinary:
        return None
    lines = PlainLines(scene, amount)
    short = (lines.balance < scene.floor[lines.account]) | (np.abs(lines.balance) > BALANCE_MAX)
    return None if short.any() else lines


def _copy(
    connection: Connection,
    plain: Plain,
    lines: PlainLines,
    numbers: Numbers,
    book: Book,
    answer: Callable[[Numbers, PlainLines], T],
) -> T:
    """Write entries, postings and keys; what comes next is made while the server takes in the rows before."""
    cursor = Cursor(connection)
    rows = _entry_rows(plain, numbers)
    with cursor.copy(book.sql(_COPY_ENTRY)) as copy:
        copy.write(rows)
        rows = _posting_rows(lines, numbers)
    with cursor.copy(book.sql(COPY_POSTING)) as copy:
        copy.write(rows)
        rows = _key_rows(plain, numbers)
    with cursor.copy(book.sql(COPY_KEY)) as copy:
        copy.write(rows)
        return answer(numbers, lines)


def _move(connection: Connection, lines: PlainLines, numbers: Numbers, book: Book) -> None:
    scene, touched, newest = lines.scene, lines.touched, lines.newest
    columns = (
        scene.id[touched],
        lines.balance[newest],
        lines.version[newest],
        scene.version[touched],
        numbers.posting_first + lines.order[newest],
    )
    cursor = Cursor(connection).execute(book.sql(MOVE), [Int8Array(column) for column in columns])
    if cursor.rowcount != len(touched):
        message = (
            f"{len(touched) - cursor.rowcount} accounts had another version than the one locked"
        )
        raise LostRaceError(message)


def _entry_rows(plain: Plain, numbers: Numbers) -> bytes:
    words = [word.encode() for word in (plain.kind.code, plain.channel, plain.actor)]
    layout = copy_layout(
        [
            ("id", ">i8", 8),
            ("first_posting", ">i8", 8),
            ("reverses", "", 0),
            ("effective_at", ">i8", 8),
            ("booked_at", ">i8", 8),
            ("legs", ">i2", 2),
            *(
                (name, f"V{len(word)}", len(word))
                for name, word in zip(("kind", "channel", "actor"), words, strict=True)
            ),
        ]
    )
    layout["booked_at"] = microseconds(numbers.booked_at)
    layout["legs"] = 2
    for name, word in zip(("kind", "channel", "actor"), words, strict=True):
        if word:
            layout[name] = np.frombuffer(word, dtype=f"V{len(word)}")[0]
    rows = np.repeat(layout, len(plain))
    place = np.arange(len(plain), dtype=np.int64)
    rows["effective_at"] = plain.effective
    rows["id"] = numbers.entry_first + place
    rows["first_posting"] = numbers.posting_first + 2 * place
    return copy_rows(rows)


def _posting_rows(lines: PlainLines, numbers: Numbers) -> bytes:
    """Lay out the postings in the order of their numbers."""
    count = len(lines.order)
    rows = np.repeat(POSTING_ROW, count)
    rows["id"] = numbers.posting_first + np.arange(count)
    rows["entry"] = numbers.entry_first + np.arange(count) // 2
    columns = (
        ("account", lines.scene.id[lines.account]),
        ("version", lines.version),
        ("amount", lines.amount),
        ("balance_after", lines.balance),
        ("prev", lines.prev(numbers.posting_first)),
    )
    for name, column in columns:
        rows[name] = lines.in_order(column)
    return copy_rows(rows)


def _key_rows(plain: Plain, numbers: Numbers) -> bytes:
    """Lay out the keys in their own order, in which twins write them too."""
    order = np.argsort(plain.keys.view("S16"), kind="stable")
    rows = np.repeat(KEY_ROW, len(plain))
    rows["key"] = plain.keys[order]
    rows["entry"] = numbers.entry_first + order
    rows["digest"] = plain.digests()[order]
    return copy_rows(rows)
