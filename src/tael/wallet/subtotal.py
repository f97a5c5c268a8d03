"""Subtotals (小計) of a wallet's lines, so that a statement of a long history reads a few lines only.

They are derived from the journal: a statement adds to them what was booked since, and the doctor adds
them up anew. Removed, they are made again.

Source: F-22, E-03; I3; B-28, B-29.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.wallet.refund import REFUND
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.wallet_lines import HELD, KIND, LINES, MOVED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from psycopg import Connection

    from tael.wallet.wallet import Wallet

LINES_MAX: Final = 128
"""Lines that one subtotal holds; as many are read where a statement begins or ends within it."""
HUGE: Final = 2**62 // LINES_MAX
"""Minor units; of lines that move more, a subtotal holds so few that its sums fit their columns."""
HUGE_LINES_MAX: Final = 8
WORTH_IT: Final = 64
"""Lines that a wallet must have beyond its subtotals before they are added up."""
AT_ONCE: Final = 1_000
"""With so many a statement does not wait for the job that adds up."""
PORTION: Final = 50_000
"""Entries that one transaction adds up."""

_MINE: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_BEYOND: Final = """
    SELECT (SELECT sum(version) FROM {book}.account WHERE id = ANY(%(accounts)s))
        - coalesce((SELECT lines FROM wallet_subtotal_cursor WHERE wallet = %(wallet)s), 0)
"""
_LONG: Final = """
    SELECT w.number FROM wallet_wallet AS w
    JOIN {book}.account AS f ON f.id = w.free
    JOIN {book}.account AS l ON l.id = w.locked
    JOIN {book}.account AS z ON z.id = w.frozen
    LEFT JOIN wallet_subtotal_cursor AS c ON c.wallet = w.number
    WHERE f.version + l.version + z.version - coalesce(c.lines, 0) >= %s
    ORDER BY w.number
"""
_CURSOR: Final = """
    SELECT a.id, a.last_posting, coalesce(CASE a.id WHEN %(free)s THEN c.free WHEN %(locked)s THEN c.locked ELSE c.frozen END, 0)
    FROM {book}.account AS a LEFT JOIN wallet_subtotal_cursor AS c ON c.wallet = %(wallet)s
    WHERE a.id = ANY(%(accounts)s)
"""
_NEW: Final = f"""
    WITH RECURSIVE part (account, last, through) AS (
        SELECT * FROM unnest(%(accounts)s::bigint[], %(last)s::bigint[], %(through)s::bigint[])
    ), {LINES}, moved AS (
        {MOVED} ORDER BY entry LIMIT %(portion)s
    )
    SELECT e.effective_at, m.entry, {KIND}, m.free, m.locked, m.frozen,
        m.many, m.free_line, m.locked_line, m.frozen_line
    FROM moved AS m JOIN {{book}}.entry AS e ON e.id = m.entry
"""
_MOVE: Final = """
    INSERT INTO wallet_subtotal_cursor AS c (wallet, free, locked, frozen, lines) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (wallet) DO UPDATE SET free = excluded.free, locked = excluded.locked, frozen = excluded.frozen,
        lines = c.lines + excluded.lines
"""
_PLACES: Final = """
    SELECT id, from_at, from_entry FROM wallet_subtotal WHERE wallet = %s ORDER BY from_at, from_entry
"""
_HELD: Final = f"{HELD} WHERE s.id = ANY(%(subtotals)s)"
_COLUMNS: Final = "from_at, from_entry, through_at, through_entry, entries, free, locked, frozen, kinds, records, came, went"
_CHANGE: Final = f"""
    UPDATE wallet_subtotal SET ({_COLUMNS}) = ROW(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) WHERE id = %s
"""
_ADD: Final = f"""
    INSERT INTO wallet_subtotal (wallet, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class _Line(NamedTuple):
    """What an entry did to a wallet. It sorts by its place in the statement, effect before number."""

    effective_at: datetime
    entry: int
    kind: str
    free: int
    locked: int
    frozen: int


def lines_beyond(wallet: Wallet) -> int:
    """Count the lines of a wallet's accounts that its subtotals do not hold yet.

    Source: F-22.
    """
    values = {"accounts": list(wallet.accounts), "wallet": wallet.number}
    row = Cursor(books.connection()).execute(ledger.MAIN.sql(_BEYOND), values).fetchone()
    return int(row[0]) if row else 0


def add_up_wallets() -> int:
    """Add up all wallets with many lines beyond their subtotals; give how many entries were taken.

    Source: F-22; B-28, B-29.
    """
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(_LONG), [WORTH_IT]).fetchall()
    total = 0
    for (number,) in rows:
        taken = PORTION
        while taken == PORTION:
            taken = add_up(find_wallet(number))
            total += taken
    return total


@transaction.atomic
def add_up(wallet: Wallet) -> int:
    """Take further lines of a wallet into its subtotals, the oldest first; give how many entries it took.

    At most ``PORTION``. Who finds another one at it leaves it to him.

    Source: F-22, E-03; B-28, B-29.
    """
    cursor = Cursor(books.connection())
    mine = cursor.execute(_MINE, [f"tael:subtotal:{wallet.number}"]).fetchone()
    if mine != (True,):
        return 0
    new, through, count = _new_lines(cursor, wallet)
    if not new:
        return 0
    places = cursor.execute(_PLACES, [wallet.number]).fetchall()
    begins = [(moment, entry) for _, moment, entry in places]
    groups: defaultdict[int, list[_Line]] = defaultdict(list)
    for line in new:
        groups[max(bisect_right(begins, line[:2]) - 1, 0)].append(line)
    held = _held(cursor, wallet, [places[at][0] for at in groups if places])
    for at, lines in groups.items():
        subtotal = places[at][0] if places else None
        whole = sorted([*lines, *held.get(subtotal, ())])
        _write(cursor, wallet, subtotal, _cut(whole, last=at >= len(places) - 1))
    cursor.execute(_MOVE, [wallet.number, *through, count])
    return len(new)


def forget_subtotals(owner: Connection) -> None:
    """Remove all subtotals, to have them made again; statements are right meanwhile, and slow.

    Args:
        owner: a connection of the database's owner: the application removes nothing. It is committed.

    Source: I3.
    """
    owner.execute("DELETE FROM wallet_subtotal")
    owner.execute("DELETE FROM wallet_subtotal_cursor")
    owner.commit()


def _new_lines(cursor: Cursor, wallet: Wallet) -> tuple[list[_Line], list[int], int]:
    """Read the portion; give its lines, the newest posting of each account then, and how many postings."""
    values = _values(wallet)
    rows = cursor.execute(ledger.MAIN.sql(_CURSOR), values).fetchall()
    through = {account: done for account, _, done in rows}
    values["accounts"], values["last"], values["through"] = (
        [row[at] for row in rows] for at in range(3)
    )
    values["indexed_below"] = first_unindexed(books.connection())
    values["portion"] = PORTION
    rows = cursor.execute(ledger.MAIN.sql(_NEW), values).fetchall()
    new = [_Line(*row[:6]) for row in rows]
    newest = [
        max((row[at] for row in rows if row[at] is not None), default=through[account])
        for at, account in enumerate(wallet.accounts, 7)
    ]
    return new, newest, sum(row[6] for row in rows)


def _held(cursor: Cursor, wallet: Wallet, subtotals: list[int]) -> dict[int | None, list[_Line]]:
    """Read the lines that some subtotals hold already."""
    held: defaultdict[int | None, list[_Line]] = defaultdict(list)
    if subtotals:
        values = {**_values(wallet), "subtotals": subtotals}
        for subtotal, entry, moment, *rest in cursor.execute(ledger.MAIN.sql(_HELD), values):
            held[subtotal].append(_Line(moment, entry, *rest))
    return held


def _cut(lines: list[_Line], *, last: bool) -> list[list[_Line]]:
    """Cut sorted lines so that none is too long: the newest fill one after the other, others grow evenly."""
    huge = any(abs(amount) > HUGE for line in lines for amount in line[3:])
    most = min(HUGE_LINES_MAX, LINES_MAX) if huge else LINES_MAX
    size = most if last else -(-len(lines) // -(-len(lines) // most))
    return [lines[at : at + size] for at in range(0, len(lines), size)]


def _write(
    cursor: Cursor, wallet: Wallet, subtotal: int | None, parts: Iterable[list[_Line]]
) -> None:
    """Write lines in place of a subtotal; what it cannot hold becomes further ones."""
    rows = [_row(lines) for lines in parts]
    if subtotal is not None:
        cursor.execute(_CHANGE, [*rows.pop(0), subtotal])
    cursor.executemany(_ADD, [[wallet.number, *row] for row in rows])


def _row(lines: list[_Line]) -> list[object]:
    """Add up lines: what `_COLUMNS` names."""
    kinds: dict[str, list[int]] = {}
    for line in lines:
        liquid = line.free + line.locked
        of_kind = kinds.setdefault(line.kind, [0, 0, 0])
        of_kind[0] += 1
        of_kind[1] += max(liquid, 0)
        of_kind[2] += min(liquid, 0)
    first, last = lines[0], lines[-1]
    return [
        *first[:2],
        *last[:2],
        [line.entry for line in lines],
        sum(line.free for line in lines),
        sum(line.locked for line in lines),
        sum(line.frozen for line in lines),
        list(kinds),
        *([sums[at] for sums in kinds.values()] for at in range(3)),
    ]


def _values(wallet: Wallet) -> dict[str, object]:
    free, locked, frozen = wallet.accounts
    return {
        "wallet": wallet.number,
        "accounts": list(wallet.accounts),
        "free": free,
        "locked": locked,
        "frozen": frozen,
        "refund": REFUND.code,
    }
