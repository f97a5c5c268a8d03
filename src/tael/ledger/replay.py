"""What was answered the first time, and where a second request under the same key differs from it.

Source: architecture, section 2, step 1; A-F2; I8.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael.ledger.book import MAIN, Book
from tael.ledger.entry import Entry, PostedLeg, Replayed
from tael.ledger.refusals import KeyReused, UnknownEntry

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

_FIRST = """
    SELECT e.id, e.first_posting, e.kind, e.channel, e.actor, e.effective_at, e.booked_at, e.reverses,
        n.sno, n.pno, coalesce(n.code, ''), coalesce(n.info, ''), n.data::text,
        array_agg(p.account ORDER BY p.id), array_agg(p.amount ORDER BY p.id),
        array_agg(p.balance_after ORDER BY p.id)
    FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs
    LEFT JOIN {book}.entry_note AS n ON n.entry = e.id
    WHERE e.id = ANY(%s)
    GROUP BY e.id, e.first_posting, e.kind, e.channel, e.actor, e.effective_at, e.booked_at, e.reverses, n.entry
"""
_BY_KEY = "SELECT entry FROM {book}.entry_key WHERE key = %s"
COMPARED: Final = ("kind", "channel", "reverses", "sno", "pno", "code", "info")


class EntryRecord(NamedTuple):
    """An entry as it stands in the books."""

    entry_id: int
    first_posting: int
    kind: str
    channel: str
    actor: str
    effective_at: datetime
    booked_at: datetime
    reverses: int | None
    sno: str | None
    pno: str | None
    code: str
    info: str
    data: dict[str, Any] | None
    legs: tuple[PostedLeg, ...]


class FirstAnswer(NamedTuple):
    """What a key was answered the first time."""

    record: EntryRecord
    replayed: Replayed


def first_answers(
    connection: Connection, entry_ids: Collection[int], *, book: Book = MAIN
) -> dict[int, FirstAnswer]:
    """Read entries as they were answered when they were new."""
    return {
        record.entry_id: FirstAnswer(
            record,
            Replayed(
                record.entry_id,
                record.legs,
                record.booked_at,
                record.effective_at,
                record.first_posting,
            ),
        )
        for record in read_entries(connection, entry_ids, book=book)
    }


def read_entries(
    connection: Connection, entry_ids: Collection[int], *, book: Book = MAIN
) -> list[EntryRecord]:
    """Read entries with their legs, oldest first; numbers that the book does not have are left out."""
    rows = Cursor(connection).execute(book.sql(_FIRST), [list(entry_ids)]).fetchall()
    records = []
    for *facts, data, accounts, amounts, balances in rows:
        legs = tuple(PostedLeg(*leg) for leg in zip(accounts, amounts, balances, strict=True))
        records.append(
            EntryRecord._make((*facts, None if data is None else json.loads(data), legs))
        )
    return sorted(records)


def read_entry(connection: Connection, entry_id: int, *, book: Book = MAIN) -> EntryRecord:
    """Read one entry with its legs.

    Raises:
        UnknownEntry: the book has none of this number.
    """
    records = read_entries(connection, [entry_id], book=book)
    if not records:
        raise UnknownEntry(f"there is no entry {entry_id}", field="entry", there=str(entry_id))
    return records[0]


def find_entry(connection: Connection, key: UUID, *, book: Book = MAIN) -> EntryRecord | None:
    """Read the entry that was written under a key, if there is one."""
    row = Cursor(connection).execute(book.sql(_BY_KEY), [key]).fetchone()
    return read_entry(connection, row[0], book=book) if row else None


def clash(entry: Entry, first: Entry | EntryRecord) -> KeyReused:
    """Say which field of a request differs from the first one under the same key."""
    field = "amount"
    was: object = ""
    for name in COMPARED:
        asked = entry.kind.code if name == "kind" else getattr(entry, name)
        was = (
            first.kind.code if name == "kind" and isinstance(first, Entry) else getattr(first, name)
        )
        if asked != was:
            field = name
            break
    else:
        was = ""
    return KeyReused(
        f"the key or serial number was used before with another {field}",
        field=field,
        there=str(was) if was else None,
        allowed="the first request, unchanged",
    )
