"""Refuses a database without books: a new one, or another than was meant. It loads no Django and no ledger."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

from tael.postgres.connect import DatabaseUnreachable
from tael.postgres.home import home_of
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    import psycopg

    from tael.postgres.connect import Databases

KEYS: Final = "entry_key"  # every book has a table of this name, in a schema of its own


class NoBooks(Refusal):
    """Tael's tables were never made in the database: it is new, or not the one that was meant."""

    code = "no_books"
    because: ClassVar[Because] = "absent"
    remedy = (
        "Run `tael migrate` to make them; where they should be there, check TAEL_DATABASE_URL,"
        " or the folder in which this was called (TAEL_HOME)."
    )


def check_books(databases: Databases, *, as_owner: bool = False) -> None:
    """Refuse a database that can be reached and has no books.

    Args:
        as_owner: the command works as the owner and does not need the application's role.

    Raises:
        NoBooks: it has none.
        DatabaseUnreachable: it does not answer, or does not let the application in.
    """
    try:
        with databases.owner() if as_owner else databases.app() as connection:
            there = _has_books(connection)
    except DatabaseUnreachable:
        with databases.owner() as connection:  # who may come in where its role is not made yet
            if _has_books(connection):
                raise
        there = False
    if not there:
        place = repr(databases).strip("<>")  # it shows no password
        where = home_of(os.environ).path if databases.embedded else f"the {place}"
        raise NoBooks(f"There are no books in {where}.", field="TAEL_DATABASE_URL")


def _has_books(connection: psycopg.Connection) -> bool:
    found = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = %s)", [KEYS]
    ).fetchone()
    assert found is not None
    return bool(found[0])
