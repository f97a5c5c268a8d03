"""Writing judged entries: one statement for a small batch, binary COPY for a large one.

Source: architecture, section 2, step 4; performance, sections 4 and 9.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from psycopg import Cursor, errors
from psycopg.types.json import Jsonb

from tael.ledger.arrays import (
    COPY_HEAD,
    COPY_TAIL,
    Int8Array,
    copy_layout,
    copy_rows,
    microseconds,
    teach,
)
from tael.ledger.leaves import make_room
from tael.ledger.refusals import KeyInFlight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Entry
    from tael.ledger.judge import Lines
    from tael.ledger.lock import Locked

COPY_FROM_ENTRIES: Final = 400

_TAKE = "SELECT entry_first, posting_first, booked_at FROM {book}.take_ids(%s, %s)"

# Places become numbers by adding the first number; a negative prev is a place in this batch.
_WRITE = """
    WITH entries AS (
        INSERT INTO {book}.entry
            (id, first_posting, reverses, effective_at, booked_at, legs, kind, channel, actor)
        SELECT %(entry_first)s + e.place, %(posting_first)s + e.first, nullif(e.reverses, 0), e.effective_at,
            %(booked_at)s, e.legs, e.kind, e.channel, e.actor
        FROM unnest(%(place)s::bigint[], %(first)s::bigint[], %(reverses)s::bigint[],
            %(effective_at)s::timestamptz[], %(legs)s::smallint[], %(kind)s::text[], %(channel)s::text[],
            %(actor)s::text[]) AS e (place, first, reverses, effective_at, legs, kind, channel, actor)
    ), keys AS (
        INSERT INTO {book}.entry_key (key, entry, digest)
        SELECT k.key, %(entry_first)s + k.place, k.digest
        FROM unnest(%(key)s::uuid[], %(key_place)s::bigint[], %(digest)s::uuid[]) AS k (key, place, digest)
    ), postings AS (
        INSERT INTO {book}.posting (id, entry, account, version, amount, balance_after, prev)
        SELECT %(posting_first)s + p.place - 1, %(entry_first)s + p.entry, p.account, p.version, p.amount, p.balance,
            CASE WHEN p.prev < 0 THEN %(posting_first)s - 1 - p.prev ELSE p.prev END
        FROM unnest(%(line_entry)s::bigint[], %(line_account)s::bigint[], %(line_version)s::bigint[],
            %(line_amount)s::bigint[], %(line_balance)s::bigint[], %(line_prev)s::bigint[])
            WITH ORDINALITY AS p (entry, account, version, amount, balance, prev, place)
    ), moved AS (
        UPDATE {book}.account AS a SET balance = u.balance, version = u.version, last_posting = u.last
        FROM unnest(%(id)s::bigint[], %(balance)s::bigint[], %(version)s::bigint[], %(version_read)s::bigint[],
            %(last)s::bigint[]) AS u (id, balance, version, version_read, last)
        WHERE a.id = u.id AND a.version = u.version_read
        RETURNING a.id
    )
    SELECT count(*) FROM moved
"""
_NOTES = """
    INSERT INTO {book}.entry_note (entry, sno, pno, code, info, data) VALUES (%s, %s, %s, %s, %s, %s)
"""
MOVE: Final = """
    UPDATE {book}.account AS a SET balance = u.balance, version = u.version, last_posting = u.last
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS u (id, balance, version, version_read, last)
    WHERE a.id = u.id AND a.version = u.version_read
"""
_COPY_ENTRY = (
    "COPY {book}.entry (id, first_posting, effective_at, booked_at, legs, reverses, kind, channel, actor)"
    " FROM STDIN (FORMAT BINARY)"
)
COPY_KEY: Final = "COPY {book}.entry_key (key, entry, digest) FROM STDIN (FORMAT BINARY)"
COPY_POSTING: Final = "COPY {book}.posting (id, entry, account, version, amount, balance_after, prev) FROM STDIN (FORMAT BINARY)"
POSTING_ROW: Final = copy_layout(
    [
        (name, ">i8", 8)
        for name in ("id", "entry", "account", "version", "amount", "balance_after", "prev")
    ]
)
KEY_ROW: Final = copy_layout([("key", "V16", 16), ("entry", ">i8", 8), ("digest", "V16", 16)])
_ENTRY_FIXED: Final = struct.Struct(">hiqiqiqiqih")
_REVERSES: Final = struct.Struct(">iq")
_NO_REVERSES: Final = struct.pack(">i", -1)


class LostRace(RuntimeError):
    """An account changed although its row was locked: a writer has gone past the ledger."""


class Numbers:
    """The first numbers of a batch and the moment of its booking."""

    __slots__ = ("booked_at", "entry_first", "posting_first")

    def __init__(self, entry_first: int, posting_first: int, booked_at: datetime) -> None:
        """Hold the block that was taken."""
        self.entry_first = entry_first
        self.posting_first = posting_first
        self.booked_at = booked_at


def take_numbers(connection: Connection, book: Book, entries: int, postings: int) -> Numbers:
    """Take a block of numbers, and make room in the tables for the ones that will follow."""
    row = Cursor(connection).execute(book.sql(_TAKE), [entries, postings]).fetchone()
    numbers = Numbers(*row)  # type: ignore[misc] # the function returns one row
    make_room(connection, book, numbers.entry_first + entries, numbers.posting_first + postings)
    return numbers


def write(
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    digests: Sequence[UUID],
    lines: Lines,
    touched: Iterable[Locked],
) -> Numbers:
    """Write the accepted entries with their lines, keys and notes, and move the balances.

    Raises:
        KeyInFlight: another transaction wrote one of the keys at the same moment.
        LostRace: an account's version was not the one that was read under the lock.
    """
    numbers = take_numbers(connection, book, len(entries), len(lines))
    moved = [account for account in touched if account.version != account.version_read]
    put = _write_by_copy if len(entries) >= COPY_FROM_ENTRIES else _write_by_statement
    try:
        count = put(connection, book, entries, _keys(entries, digests), lines, moved, numbers)
        _write_notes(connection, book, entries, numbers)
    except errors.UniqueViolation as violation:
        if violation.diag.constraint_name != "entry_key_pkey":
            raise
        message = "the same key is being written by another request"
        raise KeyInFlight(message, field="key") from violation
    if count != len(moved):
        message = (
            f"{len(moved) - count} of {len(moved)} accounts had another version than the one locked"
        )
        raise LostRace(message)
    return numbers


def _write_by_statement(  # noqa: PLR0913 - the batch
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    keys: list[tuple[UUID, int, UUID]],
    lines: Lines,
    moved: list[Locked],
    numbers: Numbers,
) -> int:
    legs = np.bincount(lines.entry, minlength=len(entries))
    values: dict[str, Any] = {
        "entry_first": numbers.entry_first,
        "posting_first": numbers.posting_first,
        "booked_at": numbers.booked_at,
        "place": list(range(len(entries))),
        "first": (np.cumsum(legs) - legs).tolist(),
        "reverses": [entry.reverses or 0 for entry in entries],
        "effective_at": [entry.effective_at for entry in entries],
        "legs": legs.tolist(),
        "kind": [entry.kind.code for entry in entries],
        "channel": [entry.channel for entry in entries],
        "actor": [entry.actor for entry in entries],
        "key": [key for key, _, _ in keys],
        "key_place": [place for _, place, _ in keys],
        "digest": [digest for _, _, digest in keys],
        "line_entry": lines.entry,
        "line_account": lines.account,
        "line_version": lines.version,
        "line_amount": lines.amount,
        "line_balance": lines.balance,
        "line_prev": lines.prev,
        "id": [account.id for account in moved],
        "balance": [account.balance for account in moved],
        "version": [account.version for account in moved],
        "version_read": [account.version_read for account in moved],
        "last": [numbers.posting_first - 1 - account.last for account in moved],
    }
    row = Cursor(connection).execute(book.sql(_WRITE), values).fetchone()
    return int(row[0]) if row else 0


def _write_by_copy(  # noqa: PLR0913 - the batch
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    keys: list[tuple[UUID, int, UUID]],
    lines: Lines,
    moved: list[Locked],
    numbers: Numbers,
) -> int:
    teach(connection)
    cursor = Cursor(connection)
    _copy(cursor, book.sql(_COPY_ENTRY), _entry_rows(entries, lines, numbers))
    _copy(cursor, book.sql(COPY_KEY), _key_rows(keys, numbers))
    _copy(cursor, book.sql(COPY_POSTING), _posting_rows(lines, numbers))
    cursor.execute(
        book.sql(MOVE),
        [
            Int8Array([account.id for account in moved]),
            Int8Array([account.balance for account in moved]),
            Int8Array([account.version for account in moved]),
            Int8Array([account.version_read for account in moved]),
            Int8Array([numbers.posting_first - 1 - account.last for account in moved]),
        ],
    )
    return cursor.rowcount


def _write_notes(
    connection: Connection, book: Book, entries: Sequence[Entry], numbers: Numbers
) -> None:
    notes = [
        (
            numbers.entry_first + place,
            entry.sno,
            entry.pno,
            entry.code,
            entry.info,
            None if entry.data is None else Jsonb(dict(entry.data)),
        )
        for place, entry in enumerate(entries)
        if entry.sno or entry.pno or entry.code or entry.info or entry.data is not None
    ]
    if notes:
        Cursor(connection).executemany(book.sql(_NOTES), notes)


def _keys(entries: Sequence[Entry], digests: Sequence[UUID]) -> list[tuple[UUID, int, UUID]]:
    """Give every key with its entry's place and digest, in one order, so that twins wait and never cross."""
    rows: list[tuple[UUID, int, UUID]] = []
    for place, (entry, digest) in enumerate(zip(entries, digests, strict=True)):
        rows.append((entry.key, place, digest))
        rows.extend((alias, place, digest) for alias in entry.aliases)
    rows.sort()
    return rows


def _copy(cursor: Cursor[Any], statement: str, stream: bytes) -> None:
    with cursor.copy(statement) as copy:
        copy.write(stream)


def _entry_rows(entries: Sequence[Entry], lines: Lines, numbers: Numbers) -> bytes:
    legs = np.bincount(lines.entry, minlength=len(entries)).tolist()
    booked = microseconds(numbers.booked_at)
    words: dict[tuple[str, str, str], bytes] = {}
    rows = [COPY_HEAD]
    posting = numbers.posting_first
    for place, entry in enumerate(entries):
        said = (entry.kind.code, entry.channel, entry.actor)
        tail = words.get(said)
        if tail is None:
            tail = words[said] = b"".join(
                struct.pack(">i", len(w)) + w for w in (word.encode() for word in said)
            )
        effective = microseconds(entry.effective_at)
        fixed = _ENTRY_FIXED.pack(
            9, 8, numbers.entry_first + place, 8, posting, 8, effective, 8, booked, 2, legs[place]
        )
        reverses = _NO_REVERSES if entry.reverses is None else _REVERSES.pack(8, entry.reverses)
        rows.append(fixed + reverses + tail)
        posting += legs[place]
    rows.append(COPY_TAIL)
    return b"".join(rows)


def _key_rows(keys: list[tuple[UUID, int, UUID]], numbers: Numbers) -> bytes:
    rows = np.repeat(KEY_ROW, len(keys))
    rows["key"] = np.frombuffer(b"".join(key.bytes for key, _, _ in keys), dtype="V16")
    rows["entry"] = np.array([place for _, place, _ in keys], dtype=np.int64) + numbers.entry_first
    rows["digest"] = np.frombuffer(b"".join(digest.bytes for _, _, digest in keys), dtype="V16")
    return copy_rows(rows)


def _posting_rows(lines: Lines, numbers: Numbers) -> bytes:
    rows = np.repeat(POSTING_ROW, len(lines))
    prev = np.array(lines.prev, dtype=np.int64)
    rows["id"] = np.arange(numbers.posting_first, numbers.posting_first + len(lines))
    rows["entry"] = np.array(lines.entry, dtype=np.int64) + numbers.entry_first
    rows["account"] = lines.account
    rows["version"] = lines.version
    rows["amount"] = lines.amount
    rows["balance_after"] = lines.balance
    rows["prev"] = np.where(prev < 0, numbers.posting_first - 1 - prev, prev)
    return copy_rows(rows)
