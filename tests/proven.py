"""After each test that had a database its books are proven, as `tael doctor` proves them, at a sixth of the cost.

The doctor's queries about rows are asked in one statement. Those about the catalog (grants, constraints) are
asked where the catalog is no longer the one of the template, which was examined once. Whatever is found
is found again by the doctor, who names it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from psycopg import Connection
from psycopg.sql import SQL

from tael import ledger
from tael.assurance import doctor
from tael.assurance.ledger_proofs import BOOK_PROOFS
from tael.ledger.integrity import Violation

OF_THE_DATABASE: Final = (
    "pg_class",
    "pg_attribute",
    "pg_constraint",
    "pg_index",
    "pg_trigger",
    "pg_rewrite",
    "pg_namespace",
)
OF_THE_SERVER: Final = ("pg_authid", "pg_auth_members")
# What is written anew gets the number of its transaction, what is taken away leaves the count.
CATALOG: Final = "SELECT " + ", ".join(
    f"(SELECT count(*) || ' ' || max(xmin::text::bigint) FROM pg_catalog.{table})"
    for table in OF_THE_DATABASE + OF_THE_SERVER
)
# These tables are small: to search for the best order of ten of them takes longer than to read them.
AS_WRITTEN: Final = ("SET join_collapse_limit = 1", "SET from_collapse_limit = 1")
TABLES: Final = (
    "SELECT oid::regclass::text FROM pg_catalog.pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
)
OF_A_DOMAIN: Final = re.compile(
    r"\b(?:approvals|channels|outbox|parties|payouts|settlement|wallet)_\w+"
)


@dataclass(frozen=True)
class Reads:
    """What a query of the doctor's looks at."""

    of_the_books: bool
    tables: frozenset[str]  # beside the books; where it compares them with a domain, the domain

    @classmethod
    def of(cls, query: str) -> Reads:
        """Find out what a query reads."""
        tables = frozenset(OF_A_DOMAIN.findall(query))
        of_the_books = "{book}" in query
        return cls(of_the_books, frozenset(map(_domain, tables)) if of_the_books else tables)

    def is_open(self, filled: set[str], grown: set[str]) -> bool:
        """Whether there is anything new in it; otherwise the answer is still the template's.

        What compares the books with a domain is open as soon as anything of this domain has been written.
        """
        if not self.of_the_books:
            return not self.tables.isdisjoint(filled)
        return not self.tables or not self.tables.isdisjoint(map(_domain, grown))


def _domain(table: str) -> str:
    return table.partition("_")[0]


def questions() -> dict[Reads, str]:
    """The doctor's queries about rows; those that are open together are one question."""
    asked: defaultdict[Reads, list[str]] = defaultdict(list)
    for proof in BOOK_PROOFS + doctor.DOMAIN_PROOFS:
        for _, query in proof.queries:
            asked[Reads.of(query)].append(f"EXISTS ({ledger.MAIN.sql(query)})")
    return {reads: " OR ".join(several) for reads, several in asked.items()}


@dataclass(frozen=True)
class Look:
    """What a database consists of, and what its tables hold."""

    catalog: tuple[str, ...]
    filled: set[str]  # the tables that hold a row
    digests: dict[str, str]
    before: int  # the number that the next transaction that writes gets

    @classmethod
    def at(
        cls,
        connection: Connection,
        catalog: tuple[str, ...],
        tables: Iterable[str],
        digested: Iterable[str],
    ) -> Look:
        """Look at so many tables, and into those of them that are named again; not at one that may be gone."""
        before, now = next_transaction(connection), catalog_of(connection)
        if now != catalog:
            return cls(now, set(), {}, before)
        return cls(now, filled_ones(connection, tables), digests(connection, digested), before)


QUESTIONS: Final = questions()


@dataclass(frozen=True)
class Proven:
    """A database whose every invariant has been examined; its clones are compared with it."""

    catalog: tuple[str, ...]
    tables: tuple[str, ...]
    rows: dict[str, str]  # of the tables that are not empty: a digest

    @classmethod
    def of(cls, connection: Connection) -> Proven:
        """Examine the template."""
        report = doctor.examine(connection, server=False)
        assert report.ok, report.text()
        tables = tuple(name for (name,) in connection.execute(TABLES))
        filled = filled_ones(connection, tables)
        return cls(catalog_of(connection), tables, digests(connection, filled))

    def look(self, connection: Connection) -> Look:
        """What is to be seen of a clone's catalog and tables."""
        return Look.at(connection, self.catalog, self.tables, self.rows)

    def suspects(self, connection: Connection, seen: Look | None = None) -> bool:
        """Whether anything is other than it should be in a clone."""
        seen = seen or self.look(connection)
        if self.is_altered(connection, seen):
            return True
        grown = self.grown(seen)
        filled = grown | self.rows.keys()
        asked = [query for reads, query in QUESTIONS.items() if reads.is_open(filled, grown)]
        if connection.prepare_threshold != 0:
            return connection.execute(SQL("SELECT " + " OR ".join(asked))).fetchone() != (False,)
        # A connection that proves one test after another knows how each of them is answered. To send them all before
        # the first answer is read takes twice as long: the server is quicker with an answer than psycopg with its list.
        cursor = connection.cursor()
        return any(cursor.execute(SQL("SELECT " + one)).fetchone() != (False,) for one in asked)

    def is_altered(self, connection: Connection, seen: Look) -> bool:
        """Whether a clone consists of other things than the template, or has another book."""
        return seen.catalog != self.catalog or ledger.books(connection) != [ledger.MAIN]

    def grown(self, seen: Look) -> set[str]:
        """The tables beside the books that are not as they were in the template."""
        changed = {table for table, digest in self.rows.items() if seen.digests[table] != digest}
        return seen.filled.intersection(self.tables) - self.rows.keys() | changed

    def violations(self, connection: Connection, seen: Look | None = None) -> tuple[Violation, ...]:
        """Name what is wrong in a clone."""
        for setting in AS_WRITTEN:
            connection.execute(setting)
        seen = seen or self.look(connection)
        if not self.suspects(connection, seen):
            return ()
        if not connection.autocommit:
            connection.rollback()
        if not self.is_altered(connection, seen) and not self.grown(seen):
            # the accounts of the ledger's own tests belong to no wallet
            return tuple(ledger.integrity.check(connection))
        return doctor.examine(connection, server=False).violations


def filled_ones(connection: Connection, tables: Iterable[str]) -> set[str]:
    """Those of the tables that hold a row."""
    each = ",".join(f"CASE WHEN EXISTS (SELECT FROM {name}) THEN '{name}' END" for name in tables)
    row = connection.execute(SQL(f"SELECT array_remove(ARRAY[{each}], NULL)")).fetchone()
    assert row is not None
    return set(row[0])


def digests(connection: Connection, tables: Iterable[str]) -> dict[str, str]:
    """What tables hold, in few signs."""
    names = sorted(tables)
    each = ",".join(
        f"(SELECT md5(string_agg(r::text, ' ' ORDER BY r::text)) FROM {name} r)" for name in names
    )
    row = connection.execute(SQL(f"SELECT {each}")).fetchone()
    assert row is not None
    return dict(zip(names, row, strict=True))


def next_transaction(connection: Connection) -> int:
    """The number that the next transaction of the server gets if it writes."""
    row = connection.execute(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    ).fetchone()
    assert row is not None
    return int(row[0])


def catalog_of(connection: Connection) -> tuple[str, ...]:
    """What the database consists of, and who may do what in it."""
    row = connection.execute(CATALOG).fetchone()
    assert row is not None
    return row
