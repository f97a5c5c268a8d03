"""Writing judged entries: one call for a small batch, binary COPY for a large one.

Source: architecture, section 2, step 4; performance, section 4.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NoReturn

from psycopg import Cursor, errors

from tael.ledger.copy import write_by_copy
from tael.ledger.leaves import make_room
from tael.ledger.numbers import Numbers, take_numbers
from tael.ledger.refusals import KeyInFlight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Entry
    from tael.ledger.judge import Lines
    from tael.ledger.lock import Locked, Scene

COPY_FROM_ENTRIES: Final = 64
_COLUMNS: Final = 27
_WRITE = f"SELECT entry_first, posting_first, booked, moved FROM {{book}}.write_batch({', '.join(['%s'] * _COLUMNS)})"
_WRITE_UNCHANGED = (
    "SELECT entry_first, posting_first, booked, moved"
    f" FROM {{book}}.write_unchanged({', '.join(['%s'] * (4 + _COLUMNS))})"
)

Keys = list[tuple["UUID", int, bytes]]


class LostRaceError(RuntimeError):
    """An account changed although its row was locked: a writer has gone past the ledger."""


def write(
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    digests: Sequence[bytes],
    lines: Lines,
    touched: Iterable[Locked],
) -> Numbers:
    """Write the accepted entries with their lines, keys and notes, and move the balances.

    Raises:
        KeyInFlight: another transaction wrote one of the keys at the same moment.
        LostRaceError: an account's version was not the one that was read under the lock.
    """
    moved = [account for account in touched if account.version != account.version_read]
    keys = _keys(entries, digests)
    try:
        if len(entries) < COPY_FROM_ENTRIES:
            numbers, count = _write_by_call(connection, book, entries, keys, lines, moved)
        else:
            numbers = take_numbers(connection, book, len(entries), len(lines))
            count = write_by_copy(connection, book, entries, keys, lines, moved, numbers)
    except (errors.UniqueViolation, errors.LockNotAvailable) as failure:
        raise_in_flight(failure)
    if count != len(moved):
        message = (
            f"{len(moved) - count} of {len(moved)} accounts had another version than the one locked"
        )
        raise LostRaceError(message)
    return numbers


def raise_in_flight(failure: errors.UniqueViolation | errors.LockNotAvailable) -> NoReturn:
    """Say that a key is being written elsewhere: all else that a batch writes is its own by now.

    Raises:
        KeyInFlight: another has written the key meanwhile, or has not finished within the lock timeout.
    """
    if isinstance(failure, errors.UniqueViolation) and (
        failure.diag.constraint_name != "entry_key_pkey"
    ):
        raise failure
    message = "the same key is being written by another request"
    raise KeyInFlight(message, field="key") from failure


def write_unchanged(
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    digests: Sequence[bytes],
    lines: Lines,
    scene: Scene,
) -> Numbers | None:
    """Write the entries if every account still stands as the scene says and the period too; else nothing.

    One statement: it locks the accounts in order, compares, and writes. So the caller may be in autocommit.

    Raises:
        KeyInFlight: a key is known by now, or is being written.
    """
    seen = sorted(scene.accounts.values(), key=attrgetter("id"))
    moved = [account for account in seen if account.version != account.version_read]
    columns = (
        _numbers([account.id for account in seen]),
        _numbers([account.version_read for account in seen]),
        _numbers([account.floor for account in seen]),
        scene.closed_through,
        *_columns(entries, _keys(entries, digests), lines, moved),
    )
    try:
        row: Any = Cursor(connection).execute(book.sql(_WRITE_UNCHANGED), columns).fetchone()
    except (errors.UniqueViolation, errors.LockNotAvailable) as failure:
        raise_in_flight(failure)
    entry_first, posting_first, booked_at, count = row
    if entry_first is None:
        return None
    if count != len(moved):
        raise LostRaceError(f"{len(moved) - count} of {len(moved)} accounts were not moved")
    make_room(connection, book, entry_first + len(entries), posting_first + len(lines))
    return Numbers(entry_first, posting_first, booked_at)


def _write_by_call(
    connection: Connection,
    book: Book,
    entries: Sequence[Entry],
    keys: Keys,
    lines: Lines,
    moved: list[Locked],
) -> tuple[Numbers, int]:
    columns = _columns(entries, keys, lines, moved)
    row: Any = Cursor(connection).execute(book.sql(_WRITE), columns).fetchone()
    entry_first, posting_first, booked_at, count = row
    make_room(connection, book, entry_first + len(entries), posting_first + len(lines))
    return Numbers(entry_first, posting_first, booked_at), count


def _columns(
    entries: Sequence[Entry], keys: Keys, lines: Lines, moved: list[Locked]
) -> tuple[str, ...]:
    """Lay out a small batch as ``write_batch`` takes it."""
    noted = [(place, entry) for place, entry in enumerate(entries) if entry.has_note]
    line_entry, *line_columns = lines.columns()
    legs = [0] * len(entries)
    for place in line_entry:
        legs[place] += 1
    starts = [0, *accumulate(legs)]
    return (
        _numbers(starts[:-1]),
        _numbers(legs),
        _numbers([entry.reverses or 0 for entry in entries]),
        _numbers([entry.effective_at.isoformat() for entry in entries]),
        _words([entry.kind.code for entry in entries]),
        _words([entry.channel for entry in entries]),
        _words([entry.actor for entry in entries]),
        _numbers([key.hex for key, _, _ in keys]),
        _numbers([place for _, place, _ in keys]),
        _numbers([digest.hex() for _, _, digest in keys]),
        _numbers(line_entry),
        *map(_numbers, line_columns),
        _numbers([account.id for account in moved]),
        _numbers([account.balance for account in moved]),
        _numbers([account.version for account in moved]),
        _numbers([account.version_read for account in moved]),
        _numbers([account.last for account in moved]),
        _numbers([place for place, _ in noted]),
        _texts([entry.sno for _, entry in noted]),
        _texts([entry.pno for _, entry in noted]),
        _texts([entry.code for _, entry in noted]),
        _texts([entry.info for _, entry in noted]),
        _texts([entry.data_text for _, entry in noted]),
    )


def _keys(entries: Sequence[Entry], digests: Sequence[bytes]) -> Keys:
    """Give every key with its entry's place and digest, in one order, so that twins wait and never cross."""
    rows: Keys = []
    for place, (entry, digest) in enumerate(zip(entries, digests, strict=True)):
        rows.append((entry.key, place, digest))
        rows.extend((alias, place, digest) for alias in entry.aliases)
    rows.sort(key=_by_key)
    return rows


def _by_key(row: tuple[UUID, int, bytes]) -> int:
    return row[0].int


def _numbers(values: Iterable[object]) -> str:
    """Give numbers, keys in hexadecimal or moments as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"


def _texts(values: Iterable[str | None]) -> str:
    """Give texts as PostgreSQL writes an array, each one quoted."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def _words(values: Iterable[str]) -> str:
    """Give words that come again and again."""
    return "{" + ",".join(map(_quoted_word, values)) + "}"


@lru_cache(maxsize=4096)
def _quoted_word(value: str) -> str:
    return _quoted(value)


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
