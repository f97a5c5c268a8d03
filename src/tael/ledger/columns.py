"""Plain transfers by the hundred thousand: the same rules as ``post``, evaluated over whole columns.

A batch in which anything is out of the ordinary (a key seen before, funds short, an account blocked) goes to
``post``, which judges it entry by entry. So the two can never disagree.

Source: architecture, section 2; performance, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

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
from tael.ledger.book import MAIN, Book
from tael.ledger.copy import COPY_KEY, COPY_POSTING, KEY_ROW, MOVE, POSTING_ROW
from tael.ledger.entry import Entry, Leg, Refused, Verdict
from tael.ledger.judge import BALANCE_MAX
from tael.ledger.lock import read_locked
from tael.ledger.numbers import Numbers, take_numbers
from tael.ledger.post import post
from tael.ledger.routing import CLIENT, HOUSE
from tael.ledger.write import LostRaceError, raise_in_flight

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from psycopg import Connection

    from tael.ledger.entry import Kind
    from tael.refusal import Refusal

_COPY_ENTRY = (
    "COPY {book}.entry (id, first_posting, reverses, effective_at, booked_at, legs, kind, channel, actor)"
    " FROM STDIN (FORMAT BINARY)"
)
_MIX: Final = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64
)
# columns of lock_accounts; the empty name is a column of text
_COLUMNS: Final = ("id", "unit", "", "class", "floor", "balance", "version", "last", "block")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """Plain transfers of one kind, column by column.

    Args:
        payer: account numbers that give. receiver: account numbers that get.
        amount: minor units, > 0.
        keys: one 16-byte key a row, as ``key_of(...).bytes``, dtype "V16".
        kind: what sort of movement. effective_at: when it counts. actor: who. channel: over which channel.
    """

    payer: NDArray[np.int64]
    receiver: NDArray[np.int64]
    amount: NDArray[np.int64]
    keys: NDArray[np.void]
    kind: Kind
    effective_at: datetime
    actor: str
    channel: str = ""

    def __len__(self) -> int:
        """Count the transfers."""
        return len(self.amount)

    def digests(self) -> NDArray[np.void]:
        """Give 128 bits of what each row asks for."""
        words = Entry(
            kind=self.kind,
            legs=(),
            key=UUID(int=0),
            effective_at=self.effective_at,
            actor="",
            channel=self.channel,
        )
        seed = np.frombuffer(words.digest(), dtype=np.uint64)
        halves = np.empty((len(self), 2), dtype=np.uint64)
        for half in (0, 1):
            mixed = np.full(len(self), seed[half], dtype=np.uint64)
            for column in (self.payer, self.receiver, self.amount):
                mixed = (mixed ^ column.astype(np.uint64)) * _MIX[half]
                mixed ^= mixed >> np.uint64(29)
                mixed *= _MIX[2]
                mixed ^= mixed >> np.uint64(32)
            halves[:, half] = mixed
        return np.ascontiguousarray(halves).view("V16").reshape(-1)

    def entries(self) -> list[Entry]:
        """Give the same transfers as entries, for the path that judges them one by one."""
        rows = zip(
            self.payer.tolist(),
            self.receiver.tolist(),
            self.amount.tolist(),
            self.keys.tolist(),
            self.digests().tolist(),
            strict=True,
        )
        return [
            Entry(
                kind=self.kind,
                legs=(Leg(payer, -amount), Leg(receiver, amount)),
                key=UUID(bytes=key),
                effective_at=self.effective_at,
                actor=self.actor,
                channel=self.channel,
                content=digest,
            )
            for payer, receiver, amount, key, digest in rows
        ]


@dataclass(frozen=True, slots=True)
class ColumnsPosted:
    """What became of each transfer.

    ``entry_ids``: the entry, 0 where it was refused. ``replayed``: whether it had been booked before.
    ``refusals``: place in the batch and why.
    """

    entry_ids: NDArray[np.int64]
    replayed: NDArray[np.bool_]
    refusals: dict[int, Refusal]


def post_columns(
    connection: Connection, transfers: Transfers, *, book: Book = MAIN
) -> ColumnsPosted:
    """Book a batch of plain transfers; the caller commits. Some thousands at a time is fastest.

        payer -amount
        receiver +amount

    Raises:
        KeyInFlight: another transaction is writing one of the keys; roll back and retry.
        AccountBusy: an account stayed locked for longer than the connection waits; roll back and retry.
    """
    if not len(transfers):
        return ColumnsPosted(np.empty(0, np.int64), np.empty(0, np.bool_), {})
    teach(connection)
    scene = _lock(connection, transfers, book)
    lines = _judge(transfers, scene) if scene is not None else None
    if lines is None:
        return _one_by_one(connection, transfers, book)
    return _write(connection, transfers, lines, book)


class _Scene:
    """The locked accounts as columns, and which of them each transfer means."""

    def __init__(
        self, columns: dict[str, NDArray[np.int64]], payer: NDArray[Any], receiver: NDArray[Any]
    ) -> None:
        self.id = columns["id"]
        self.unit = columns["unit"]
        self.class_ = columns["class"]
        self.floor = columns["floor"]
        self.balance = columns["balance"]
        self.version = columns["version"]
        self.last = columns["last"]
        self.block = columns["block"]
        self.payer = payer
        self.receiver = receiver


def _lock(connection: Connection, transfers: Transfers, book: Book) -> _Scene | None:
    """Lock the accounts in order; None where one does not exist, a key is known or the period is closed."""
    ids, places = np.unique(
        np.concatenate((transfers.payer, transfers.receiver)), return_inverse=True
    )
    cursor = read_locked(connection, Int8Array(ids), UuidArray(transfers.keys), book=book)
    result = cursor.pgresult
    row = cursor.fetchone()
    if result is None or row is None:
        return None
    columns = {
        name: int8_column(result.get_value(0, at)) for at, name in enumerate(_COLUMNS) if name
    }
    *_, known, _, _, closed_through = row
    overtaken = closed_through is not None and transfers.effective_at <= closed_through
    if len(columns["id"]) != len(ids) or known or overtaken:
        return None
    half = len(transfers)
    return _Scene(columns, places[:half], places[half:])


class _Lines:
    """The postings of a batch as columns: line 2i is the payer's, line 2i + 1 the receiver's."""

    def __init__(self, scene: _Scene, account: NDArray[Any], amount: NDArray[np.int64]) -> None:
        order = np.argsort(account, kind="stable")
        sorted_account = account[order]
        starts = np.flatnonzero(np.r_[True, sorted_account[1:] != sorted_account[:-1]])
        touched = sorted_account[starts]
        lengths = np.diff(np.r_[starts, len(order)])
        # exact prefix sums of each account's own run of lines
        sums = np.cumsum(amount[order])
        before_run = np.repeat(sums[starts] - amount[order][starts], lengths)
        self.order = order
        self.touched = touched
        self.rank = np.arange(len(order)) - np.repeat(starts, lengths)
        self.first = starts
        self.last_of_run = starts + lengths - 1
        self.account = sorted_account
        self.amount = amount[order]
        self.balance = sums - before_run + scene.balance[sorted_account]
        self.version = scene.version[sorted_account] + self.rank + 1
        self.scene = scene


def _judge(transfers: Transfers, scene: _Scene) -> _Lines | None:
    """Accept the whole batch, or give None where any row needs a closer look."""
    payer, receiver, amount = scene.payer, scene.receiver, transfers.amount
    pair = np.stack((scene.class_[payer], scene.class_[receiver]))
    mixed = ((pair == CLIENT).any(axis=0) & (pair == HOUSE).any(axis=0)).any()
    ordinary = (
        bool((amount > 0).all())
        and int(amount.max()) <= BALANCE_MAX // (2 * len(transfers))
        and bool((payer != receiver).all())
        and bool((scene.block == 1).all())
        and bool((scene.unit[payer] == scene.unit[receiver]).all())
        and (transfers.kind.mixes or not mixed)
        and len(np.unique(transfers.keys.view("S16"))) == len(transfers)
        and bool((np.abs(scene.balance) <= BALANCE_MAX // 2).all())
    )
    if not ordinary:
        return None
    account = np.stack((payer, receiver), axis=1).reshape(-1)
    moved = np.stack((-amount, amount), axis=1).reshape(-1)
    lines = _Lines(scene, account, moved)
    short = (lines.balance < scene.floor[lines.account]) | (np.abs(lines.balance) > BALANCE_MAX)
    return None if short.any() else lines


def _one_by_one(connection: Connection, transfers: Transfers, book: Book) -> ColumnsPosted:
    verdicts: list[Verdict] = post(connection, transfers.entries(), book=book)
    ids = np.array([0 if isinstance(v, Refused) else v.entry_id for v in verdicts], dtype=np.int64)
    replayed = np.array(
        [not isinstance(v, Refused) and v.replayed for v in verdicts], dtype=np.bool_
    )
    return ColumnsPosted(
        ids, replayed, {at: v.refusal for at, v in enumerate(verdicts) if isinstance(v, Refused)}
    )


def _write(
    connection: Connection, transfers: Transfers, lines: _Lines, book: Book
) -> ColumnsPosted:
    numbers = take_numbers(connection, book, len(transfers), len(lines.order))
    cursor = Cursor(connection)
    order = np.argsort(
        transfers.keys.view("S16"), kind="stable"
    )  # twins write their keys in one order
    keys = np.repeat(KEY_ROW, len(transfers))
    keys["key"] = transfers.keys[order]
    keys["entry"] = numbers.entry_first + order
    keys["digest"] = transfers.digests()[order]
    streams = (
        (_COPY_ENTRY, _entry_rows(transfers, numbers)),
        (COPY_KEY, copy_rows(keys)),
        (COPY_POSTING, _posting_rows(lines, numbers)),
    )
    try:
        for statement, stream in streams:
            with cursor.copy(book.sql(statement)) as copy:
                copy.write(stream)
    except (errors.UniqueViolation, errors.LockNotAvailable) as failure:
        raise_in_flight(failure)
    scene, touched, newest = lines.scene, lines.touched, lines.last_of_run
    columns = (
        scene.id[touched],
        lines.balance[newest],
        lines.version[newest],
        scene.version[touched],
        numbers.posting_first + lines.order[newest],
    )
    cursor.execute(book.sql(MOVE), [Int8Array(column) for column in columns])
    if cursor.rowcount != len(touched):
        message = (
            f"{len(touched) - cursor.rowcount} accounts had another version than the one locked"
        )
        raise LostRaceError(message)
    ids = numbers.entry_first + np.arange(len(transfers), dtype=np.int64)
    return ColumnsPosted(ids, np.zeros(len(transfers), dtype=np.bool_), {})


def _entry_rows(transfers: Transfers, numbers: Numbers) -> bytes:
    words = [word.encode() for word in (transfers.kind.code, transfers.channel, transfers.actor)]
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
    layout["effective_at"] = microseconds(transfers.effective_at)
    layout["booked_at"] = microseconds(numbers.booked_at)
    layout["legs"] = 2
    for name, word in zip(("kind", "channel", "actor"), words, strict=True):
        if word:
            layout[name] = np.frombuffer(word, dtype=f"V{len(word)}")[0]
    rows = np.repeat(layout, len(transfers))
    place = np.arange(len(transfers), dtype=np.int64)
    rows["id"] = numbers.entry_first + place
    rows["first_posting"] = numbers.posting_first + 2 * place
    return copy_rows(rows)


def _posting_rows(lines: _Lines, numbers: Numbers) -> bytes:
    """Lay out the postings in the order of their numbers."""
    count = len(lines.order)
    prev_sorted = np.empty(count, dtype=np.int64)
    prev_sorted[1:] = numbers.posting_first + lines.order[:-1]
    prev_sorted[lines.first] = lines.scene.last[lines.touched]
    rows = np.repeat(POSTING_ROW, count)
    rows["id"] = numbers.posting_first + np.arange(count)
    rows["entry"] = numbers.entry_first + np.arange(count) // 2
    columns = (
        ("account", lines.scene.id[lines.account]),
        ("version", lines.version),
        ("amount", lines.amount),
        ("balance_after", lines.balance),
        ("prev", prev_sorted),
    )
    for name, sorted_column in columns:
        column = np.empty(count, dtype=np.int64)
        column[lines.order] = sorted_column
        rows[name] = column
    return copy_rows(rows)
