"""The numbers of a batch's entries and lines, taken in one block after the accounts are locked.

Source: architecture, section 2; I10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import Cursor

from tael.ledger.leaves import make_room

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from tael.ledger.book import Book

_TAKE = "SELECT entry_first, posting_first, booked_at FROM {book}.take_ids(%s, %s)"


class Numbers(NamedTuple):
    """The first numbers of a batch and the moment of its booking."""

    entry_first: int
    posting_first: int
    booked_at: datetime


def take_numbers(connection: Connection, book: Book, entries: int, postings: int) -> Numbers:
    """Take a block of numbers, and make room in the tables for the ones that will follow."""
    row = Cursor(connection).execute(book.sql(_TAKE), [entries, postings]).fetchone()
    numbers = Numbers(*row)  # type: ignore[misc] # the function returns one row
    make_room(connection, book, numbers.entry_first + entries, numbers.posting_first + postings)
    return numbers
