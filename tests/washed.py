"""One database for a process's tests, one after another: what a test wrote is taken out again after it was proven.

A database of its own costs each test 80 ms of processor, most of it for connections that know nothing
yet. Whatever is not only rows (a table, a constraint, a partition, a right), and whatever does not come
out clean, ends the database: the next test gets a new one.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from proven import Look, Proven, catalog_of, digests, filled_ones, next_transaction
from tael.postgres.connect import Databases
from tael.web.database import point

TABLES: Final = (
    "SELECT pg_class.oid::regclass::text"
    " FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE relkind = 'r' AND nspname !~ '^pg_|^information_schema$' ORDER BY 1"
)
# What is neither a row nor the definition of something, of which the proof looks at the counts.
BESIDES_ROWS: Final = (
    "SELECT (SELECT array[sum(relpages), sum(reltuples)] FROM pg_class WHERE oid >= 16384),"
    " (SELECT array[count(*), max(xmin::text::bigint)] FROM pg_proc),"
    " (SELECT array[count(*), max(xmin::text::bigint)] FROM pg_db_role_setting),"
    " (SELECT count(*) FROM pg_statistic), (SELECT count(*) FROM pg_largeobject_metadata)"
)
SEQUENCES: Final = "SELECT seqrelid, pg_sequence_last_value(seqrelid) FROM pg_sequence"
OTHERS: Final = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> ALL (%s) AND backend_type = 'client backend'"
)
AS_NEW: Final = ("RESET ALL", "SELECT pg_advisory_unlock_all()", "UNLISTEN *", "DISCARD TEMP")
LARGEST: Final = (
    "SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
)
LARGE: Final = 1_000_000  # bytes; rows that are taken out leave their places behind, for a while
USES: Final = 200


@dataclass
class Washed:
    """The database of this process's tests, or the next one."""

    server: Databases
    maintenance: psycopg.Connection
    proven: Proven
    template: str
    name: str | None = None
    at_start: AtStart | None = None
    owner: psycopg.Connection | None = None
    app: Any = None  # Django's connection, which already knows the tables
    uses: int = 0
    seen: Look | None = None  # what the last test has left

    def lend(self) -> Databases:
        """Give a database as the template is, with Django's default connection pointed at it."""
        if self.name is None:
            self._make()
        databases = self.server.named(str(self.name))
        self.uses += 1
        point("default", by_another_name(databases.app_dsn, self.uses))
        if self.app is not None:
            self.app.settings_dict = connections.settings["default"]
            connections["default"] = self.app
        else:
            self.app = connections["default"]
        return databases

    def _make(self) -> None:
        self.name = f"test_{secrets.token_hex(8)}"
        self.uses = 0
        make(self.maintenance, self.name, self.template)
        self.owner = psycopg.connect(
            self.server.named(self.name).owner_dsn, autocommit=True, prepare_threshold=0
        )
        self.owner.prepared_max = None
        self.owner.execute("SET session_replication_role = replica")  # no trigger says no to us
        self.at_start = AtStart.of(self.owner)

    def prove(self) -> None:
        """Prove what the test left behind."""
        assert self.owner is not None
        try:
            self.seen = self._look()
            violations = self.proven.violations(self.owner, self.seen)
        except psycopg.OperationalError:  # a test that ends connections ends ours too
            self.owner.close()
            with self.server.named(str(self.name)).owner() as another:
                violations = self.proven.violations(another)
        assert not violations, "\n".join(
            f"{found.subject}: {found.message}" for found in violations
        )

    def take_back(self, *, sound: bool) -> None:
        """Take out what the test wrote, or let the database go."""
        try:
            keeping = sound and self._owner_is_usable() and self._app_is_usable()
        except Exception:  # noqa: BLE001 - however a test has broken its connection, it gets a new one
            keeping = False
        if not keeping:
            self._let_go()
            return
        assert self.owner is not None
        assert self.at_start is not None
        ours = [self.owner.info.backend_pid, self.app.connection.info.backend_pid]
        self.owner.execute(OTHERS, [ours])
        seen = self.seen
        if seen is None or seen.before != next_transaction(self.owner):  # somebody wrote meanwhile
            seen = self._look()
        self.seen = None
        if self._is_worn() or not self.at_start.restored(self.owner, seen):
            self._let_go()

    def _look(self) -> Look:
        assert self.owner is not None
        assert self.at_start is not None
        start = self.at_start
        return Look.at(self.owner, start.catalog, start.tables, start.rows)

    def _is_worn(self) -> bool:
        assert self.owner is not None
        (largest,) = self.owner.execute(LARGEST).fetchone() or (0,)
        return self.uses >= USES or largest > LARGE

    def _owner_is_usable(self) -> bool:
        return self.owner is not None and not self.owner.closed

    def _app_is_usable(self) -> bool:
        """Whether the connection is the one that was lent; it forgets what it was told."""
        if connections["default"] is not self.app:
            return False
        if self.app.in_atomic_block or not self.app.get_autocommit():
            return False
        self.app.ensure_connection()  # a test may have done without
        for command in AS_NEW:
            self.app.connection.execute(command, prepare=False)
        self.app.run_on_commit.clear()
        self.app.queries_log.clear()
        del connections["default"]
        return True

    def _let_go(self) -> None:
        """Close the connections and drop the database."""
        if self.app is not None:
            with suppress(Exception):
                self.app.close()
        if self.owner is not None:
            self.owner.close()
        name, self.name, self.app, self.owner, self.seen = self.name, None, None, None, None
        if name is not None:
            drop(self.maintenance, name)

    close = _let_go


@dataclass(frozen=True)
class AtStart:
    """What a database holds before its first test."""

    catalog: tuple[str, ...]
    besides: tuple[Any, ...]
    tables: tuple[str, ...]
    rows: dict[str, str]  # of the tables that are not empty: a digest
    copies: dict[str, bytes]  # and the rows themselves
    sequences: dict[int, int | None]  # the number that each gave last

    @classmethod
    def of(cls, owner: psycopg.Connection) -> AtStart:
        """Look at a new database."""
        tables = tuple(name for (name,) in owner.execute(TABLES))
        filled = filled_ones(owner, tables)
        return cls(
            catalog_of(owner),
            _besides(owner),
            tables,
            digests(owner, filled),
            {name: _copy_of(owner, name) for name in filled},
            dict(_sequences(owner)),
        )

    def restored(self, owner: psycopg.Connection, seen: Look) -> bool:
        """Take out what is seen to be new and put back what is gone; tell whether all is as it was."""
        if seen.catalog != self.catalog or _besides(owner) != self.besides:
            return False
        changed = {name for name, digest in self.rows.items() if seen.digests[name] != digest}
        written = seen.filled - self.rows.keys() | changed
        moved = {at: last for at, last in _sequences(owner) if last != self.sequences[at]}
        with owner.transaction(), owner.pipeline():
            for name in written:
                owner.execute(sql.SQL(f"DELETE FROM {name}"))
            for at in moved:
                owner.execute(
                    "SELECT setval(%s::oid::regclass, coalesce(%s, seqstart), %s)"
                    " FROM pg_sequence WHERE seqrelid = %s",
                    [at, self.sequences[at], self.sequences[at] is not None, at],
                )
        for name in changed:
            with owner.cursor() as cursor, cursor.copy(sql.SQL(f"COPY {name} FROM STDIN")) as copy:
                copy.write(self.copies[name])
        return True


def by_another_name(dsn: str, uses: int) -> str:
    """Write an address otherwise, so that what a process keeps of a database is not taken for the next test's."""
    port = str(conninfo_to_dict(dsn).get("port") or 5432)
    return make_conninfo(dsn, port="0" * uses + port)


def make(maintenance: psycopg.Connection, name: str, template: str) -> None:
    """Make a database as the template is."""
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    maintenance.execute(command.format(sql.Identifier(name), sql.Identifier(template)))


def drop(maintenance: psycopg.Connection, name: str) -> None:
    """Drop a database, whoever is still in it."""
    command = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    maintenance.execute(command.format(sql.Identifier(name)))


def _besides(owner: psycopg.Connection) -> tuple[Any, ...]:
    row = owner.execute(BESIDES_ROWS).fetchone()
    assert row is not None
    return row


def _sequences(owner: psycopg.Connection) -> list[tuple[int, int | None]]:
    return owner.execute(SEQUENCES).fetchall()


def _copy_of(owner: psycopg.Connection, name: str) -> bytes:
    with owner.cursor() as cursor, cursor.copy(sql.SQL(f"COPY {name} TO STDOUT")) as copy:
        return b"".join(bytes(part) for part in copy)
