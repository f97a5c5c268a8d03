"""Writing a large batch of judged entries by binary COPY.

Source: architecture, section 2, step 4; performance, section 9.
"""

from __future__ import annotations

import struct
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from psycopg import Cursor

from tael.ledger.arrays import (
    COPY_HEAD,
    COPY_TAIL,
    Int8Array,
    copy_layout,
    copy_rows,
    microseconds,
    teach,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from numpy.typing import NDArray
    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Entry
    from tael.ledger.judge import Lines
    from tael.ledger.lock import Locked
    from tael.ledger.numbers import Numbers

COPY_KEY: Final = "COPY {book}.entry_key (key, entry, digest) FROM STDIN (FORMAT BINARY)"
COPY_POSTING: Final = "COPY {book}.posting (id, entry, account, version, amount, balance_after, prev) FROM STDIN (FORMAT BINARY)"
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
_COPY_NOTE = "COPY {book}.entry_note (entry, sno, pno, code, info, data) FROM STDIN"
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


def write_by_copy(
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    keys: list[tuple[UUID, int, bytes]],
    lines: Lines,
    moved: list[Locked],
    numbers: Numbers,
) -> int:
    """Write a batch whose numbers have been taken; give how many accounts were moved.

    The rows of the next table are laid out while the server still takes in those of the one before.
    """
    teach(connection)
    cursor = Cursor(connection)
    fields = chain.from_iterable(lines)
    columns = np.fromiter(fields, dtype=np.int64, count=6 * len(lines)).reshape(-1, 6).T
    legs = np.bincount(columns[0], minlength=len(entries)).tolist()
    rows = _entry_rows(entries, legs, numbers)
    with cursor.copy(book.sql(_COPY_ENTRY)) as copy:
        copy.write(rows)
        rows = _posting_rows(columns, numbers)
    with cursor.copy(book.sql(COPY_POSTING)) as copy:
        copy.write(rows)
        rows = _key_rows(keys, numbers)
    with cursor.copy(book.sql(COPY_KEY)) as copy:
        copy.write(rows)
    copy_notes(cursor, book, entries, numbers)
    moves = (
        [account.id for account in moved],
        [account.balance for account in moved],
        [account.version for account in moved],
        [account.version_read for account in moved],
        [numbers.posting_first - 1 - account.last for account in moved],
    )
    cursor.execute(book.sql(MOVE), [Int8Array(column) for column in moves])
    return cursor.rowcount


def copy_notes(cursor: Cursor[Any], book: Book, entries: Sequence[Entry], numbers: Numbers) -> None:
    """Write the words of those entries that have any."""
    noted = [(place, entry) for place, entry in enumerate(entries) if entry.has_note]
    if not noted:
        return
    with cursor.copy(book.sql(_COPY_NOTE)) as copy:
        for place, entry in noted:
            number = numbers.entry_first + place
            copy.write_row((number, entry.sno, entry.pno, entry.code, entry.info, entry.data_text))


def _entry_rows(entries: Sequence[Entry], legs: list[int], numbers: Numbers) -> bytes:
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


def _key_rows(keys: list[tuple[UUID, int, bytes]], numbers: Numbers) -> bytes:
    rows = np.repeat(KEY_ROW, len(keys))
    rows["key"] = np.frombuffer(b"".join(key.bytes for key, _, _ in keys), dtype="V16")
    rows["entry"] = np.array([place for _, place, _ in keys], dtype=np.int64) + numbers.entry_first
    rows["digest"] = np.frombuffer(b"".join(digest for _, _, digest in keys), dtype="V16")
    return copy_rows(rows)


def _posting_rows(columns: NDArray[np.int64], numbers: Numbers) -> bytes:
    entry, account, version, amount, balance, prev = columns
    rows = np.repeat(POSTING_ROW, len(entry))
    rows["id"] = np.arange(numbers.posting_first, numbers.posting_first + len(entry))
    rows["entry"] = entry + numbers.entry_first
    rows["account"] = account
    rows["version"] = version
    rows["amount"] = amount
    rows["balance_after"] = balance
    rows["prev"] = np.where(prev < 0, numbers.posting_first - 1 - prev, prev)
    return copy_rows(rows)
