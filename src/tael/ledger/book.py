"""A book (賬簿): an independent set of books that balances on its own, kept in a PostgreSQL schema.

This is the only place where a book's name becomes SQL.

Source: architecture, sections 2 and 6.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from psycopg import sql

if TYPE_CHECKING:
    from psycopg import Connection

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
ENTRIES_IN_LEAF: Final = 4_000_000
POSTINGS_IN_LEAF: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Book:
    """Names one set of books. Its tables live in the schema of the same name."""

    name: str

    def __post_init__(self) -> None:
        """Refuse a name that could be anything but a plain schema."""
        if not NAME.fullmatch(self.name) or self.name.startswith("pg_"):
            message = f"a book is named by small letters, digits and _, not {self.name!r}"
            raise ValueError(message)

    def sql(self, text: str) -> str:
        """Give the statement for this book: `{book}` stands for its schema."""
        return _statement(self.name, text)

    def lock_number(self, purpose: str) -> int:
        """Give the advisory lock that guards one purpose in this book."""
        digest = hashlib.blake2b(f"tael:{self.name}:{purpose}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, signed=True)


MAIN: Final = Book("ledger")


@lru_cache(maxsize=512)
def _statement(name: str, text: str) -> str:
    return text.replace("{book}", name)


def create_book(
    connection: Connection,
    book: Book = MAIN,
    *,
    entries_in_leaf: int = ENTRIES_IN_LEAF,
    postings_in_leaf: int = POSTINGS_IN_LEAF,
) -> None:
    """Make a book's tables and functions. Needs a role that may create schemas; the caller commits.

    Args:
        entries_in_leaf: how many numbers one partition of the entries holds.
        postings_in_leaf: the same of the postings.

    Source: architecture, section 2.
    """
    numbers = {
        "{numbers_lock}": book.lock_number("numbers"),
        "{leaves_lock}": book.lock_number("leaves"),
        "{periods_lock}": book.lock_number("periods"),
        "{entries_in_leaf}": entries_in_leaf,
        "{postings_in_leaf}": postings_in_leaf,
    }
    for _, script in sorted(_scripts().items()):
        for placeholder, number in numbers.items():
            script = script.replace(placeholder, str(number))  # noqa: PLW2901 - filled in step by step
        connection.execute(book.sql(script))


def drop_book(connection: Connection, book: Book) -> None:
    """Remove a book with everything in it. For tests and for benchmarks only; the caller commits."""
    connection.execute(
        sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(book.name))
    )


def grant(connection: Connection, book: Book = MAIN, *, role: str = "tael_app") -> None:
    """Let ``role`` work in the book: read all, add to the journal, move balances, and nothing else.

    The role may never change or remove a journal row, give an account a balance at its opening,
    or alter an account's currency, class or floor.

    Source: reliability M13, I11.
    """
    rights = (
        "GRANT USAGE ON SCHEMA {book} TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {book} TO {role}",
        "GRANT INSERT ON {book}.entry, {book}.entry_key, {book}.entry_note, {book}.posting, {book}.period TO {role}",
        "GRANT INSERT (code, exponent, kind, name) ON {book}.currency TO {role}",
        "GRANT INSERT (code, currency, class, floor) ON {book}.account TO {role}",
        "GRANT UPDATE (balance, version, last_posting) ON {book}.account TO {role}",
        "GRANT USAGE ON SEQUENCE {book}.account_id TO {role}",
        "GRANT SELECT ON ALL SEQUENCES IN SCHEMA {book} TO {role}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {book} FROM PUBLIC",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {book} TO {role}",
        # leaves made later by add_leaves are read through their parent, which needs no right of their own
    )
    names = {"book": sql.Identifier(book.name), "role": sql.Identifier(role)}
    for right in rights:
        connection.execute(sql.SQL(right).format(**names))


def books(connection: Connection) -> list[Book]:
    """List the books of this database."""
    rows = connection.execute(
        "SELECT nspname FROM pg_catalog.pg_namespace n WHERE EXISTS (SELECT FROM pg_catalog.pg_class c"
        " WHERE c.relnamespace = n.oid AND c.relname = 'entry_key')"
        " AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'posting')"
        " ORDER BY nspname"
    ).fetchall()
    return [Book(name) for (name,) in rows]


@lru_cache(maxsize=1)
def _scripts() -> dict[str, str]:
    folder = resources.files("tael.ledger") / "sql"
    return {
        file.name: file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
