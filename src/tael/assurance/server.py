"""What the database server and this Python must be set to, so that what was acknowledged stays.

Source: reliability, section 6 (PostgreSQL) and M4; style, part 2 (python -O); I11, I34.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael.assurance.report import Check
from tael.ledger.integrity import Violation
from tael.postgres.connect import NEWEST, OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from tael.ledger import Book

# setting, the values with which a crash loses or hides something
DANGEROUS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "data_checksums": "off",
    "ignore_checksum_failure": "on",
    "zero_damaged_pages": "on",
    "data_sync_retry": "on",
}
_SETTINGS: Final = "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY(%s)"
_OVERRIDES: Final = """
    SELECT coalesce(r.rolname, 'every role') || ' in ' || coalesce(d.datname, 'every database'), setting
    FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS setting
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    WHERE setting = ANY(%s) AND (d.oid IS NULL OR d.datname = current_database())
"""
# Rows that were rolled back count as well, so this tells of an attempt too. A restored or cloned database
# begins to count at zero.
_TOUCHED: Final = """
    SELECT relname, n_tup_upd + n_tup_del FROM pg_catalog.pg_stat_user_tables
    WHERE schemaname = %s AND relname ~ '^(entry|posting)(_[0-9]+)?$' AND n_tup_upd + n_tup_del > 0
"""
_LEAVES: Final = """
    SELECT count(*) FROM pg_catalog.pg_stat_user_tables
    WHERE schemaname = %s AND relname ~ '^(entry|posting)(_[0-9]+)?$'
"""
_PREPARED: Final = """
    SELECT gid, prepared::text FROM pg_catalog.pg_prepared_xacts
    WHERE database = current_database() AND prepared < now() - interval '5 minutes'
"""


def check_server(connection: Connection, books: Sequence[Book]) -> Iterator[Check]:
    """Read the server's settings and what it remembers of the journal's tables.

    Source: reliability, section 6; I11, I34.
    """
    cursor = Cursor(connection)
    yield _settings(cursor)
    yield _python()
    found = tuple(
        Violation("I11", f"{book.name}.{table}", f"{rows} rows of {book.name}.{table} were changed")
        for book in books
        for table, rows in cursor.execute(_TOUCHED, [book.name])
    )
    leaves = [cursor.execute(_LEAVES, [book.name]).fetchone() for book in books]
    title = "no row of the journal was changed or removed since the server began to count"
    yield Check("I11", title, sum(row[0] for row in leaves if row), found, "tables")
    waiting = tuple(
        Violation("I34", gid, f"the transaction {gid} was prepared at {since} and never ended")
        for gid, since in cursor.execute(_PREPARED)
    )
    yield Check("I34", "no prepared transaction waits", len(waiting), waiting, "prepared")


def _settings(cursor: Cursor) -> Check:
    settings: dict[str, str] = dict(cursor.execute(_SETTINGS, [list(DANGEROUS)]).fetchall())
    found = [
        Violation("server", name, f"{name} is {settings.get(name, 'not known here')}")
        for name, value in DANGEROUS.items()
        if settings.get(name, value) == value
    ]
    off = [f"{name}={value}" for name, value in DANGEROUS.items()]
    found += [
        Violation("server", where, f"{where} has {setting}")
        for where, setting in cursor.execute(_OVERRIDES, [off])
    ]
    major = cursor.connection.info.server_version // 10_000
    if not OLDEST <= major <= NEWEST:
        found.append(Violation("server", "version", f"the server is PostgreSQL {major}"))
    return Check(
        "server", "what was acknowledged survives a crash", len(DANGEROUS), tuple(found), "settings"
    )


def _python() -> Check:
    """Refuse `python -O`: it removes the assertions that stop a program which has lost its way."""
    found: tuple[Violation, ...] = ()
    if sys.flags.optimize:
        found = (Violation("python", "-O", "Python runs with -O, which removes assertions"),)
    return Check("python", "assertions are on", 1, found, "interpreter")
