"""How much of an entry has been taken back (冲正) already, so that never more than the original goes back.

Source: architecture, section 2; I12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael.ledger.book import MAIN, Book
from tael.ledger.judge import Lines, moves_of
from tael.ledger.refusals import AlreadyReversed, OverReversed, ReversalReversed, UnknownEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from tael.ledger.entry import Entry
    from tael.ledger.lock import Locked
    from tael.refusal import Refusal

_ORIGINALS = """
    SELECT e.id, e.reverses, p.account, p.amount
    FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs
    WHERE e.id = ANY(%s) ORDER BY p.id
"""
_TAKEN = """
    SELECT e.reverses, p.account, sum(p.amount)::bigint
    FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs
    WHERE e.reverses = ANY(%s) GROUP BY e.reverses, p.account
"""


class Taken:
    """The originals of a batch's reversals, and what has gone back of each, account by account."""

    __slots__ = ("originals", "reversals", "sums")

    def __init__(self) -> None:
        """Start with no originals."""
        self.originals: dict[int, dict[int, int]] = {}
        self.reversals: set[int] = set()
        self.sums: dict[tuple[int, int], int] = {}

    def left(self, original: int) -> dict[int, int]:
        """Give what may still go back: account and amount, in the order of the original, signs reversed."""
        return {
            account: -amount - self.sums.get((original, account), 0)
            for account, amount in self.originals.get(original, {}).items()
        }

    def refuse(self, entry: Entry, accounts: dict[int, Locked]) -> Refusal | None:
        """Say why a reversal may not be booked, if it may not."""
        if entry.reverses is None:
            return None
        number = entry.reverses
        if number not in self.originals:
            return UnknownEntry(f"there is no entry {number}", field="entry", there=str(number))
        if number in self.reversals:
            return ReversalReversed(
                f"entry {number} is a reversal", field="entry", there=str(number)
            )
        left = self.left(number)
        if not any(left.values()):
            return AlreadyReversed(
                f"entry {number} has been taken back", field="entry", there=str(number)
            )
        for account, amount in moves_of(entry, accounts).items():
            rest = left.get(account, 0)
            if amount * rest <= 0 or abs(amount) > abs(rest):
                return OverReversed(
                    f"account {account} may take back {abs(rest)} of entry {number}, not {abs(amount)}",
                    field="amount",
                    there=str(abs(rest)),
                    allowed=f"at most {abs(rest)}",
                )
        return None

    def note(self, entry: Entry, place: int, lines: Lines) -> None:
        """Count an accepted reversal, so that a later one in the same batch sees it."""
        if entry.reverses is None:
            return
        for line in reversed(lines):
            if line.entry != place:
                break
            taken = (entry.reverses, line.account)
            self.sums[taken] = self.sums.get(taken, 0) + line.amount


_NOTHING: Final = Taken()


def taken_back(connection: Connection, entries: Sequence[Entry], *, book: Book = MAIN) -> Taken:
    """Read what the batch's reversals need, after the accounts have been locked."""
    originals = [entry.reverses for entry in entries if entry.reverses is not None]
    return read_taken(connection, originals, book=book) if originals else _NOTHING


def read_taken(connection: Connection, originals: list[int], *, book: Book = MAIN) -> Taken:
    """Read the legs of these entries and how much of each has gone back."""
    taken = Taken()
    for number, reverses, account, amount in Cursor(connection).execute(
        book.sql(_ORIGINALS), [originals]
    ):
        taken.originals.setdefault(number, {})[account] = amount
        if reverses is not None:
            taken.reversals.add(number)
    for number, account, amount in Cursor(connection).execute(book.sql(_TAKEN), [originals]):
        taken.sums[number, account] = amount
    return taken
