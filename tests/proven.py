"""After each test that had a database its books are proven, as `tael doctor` proves them, at a sixth of the cost.

The doctor's queries about rows are asked in one statement. Those about the catalog (grants, constraints) are
asked where the catalog is no longer the one of the template, which was examined once. Whatever is found
is found again by the doctor, who names it.
"""

from __future__ import annotations

import re
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
    "SELECT relname FROM pg_catalog.pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
)
OF_A_DOMAIN: Final = re.compile(
    r"\b(?:approvals|channels|outbox|parties|payouts|settlement|wallet)_\w+"
)


@dataclass(frozen=True)
class Question:
    """One of the doctor's queries about rows, and the tables beside the books that it reads."""

    sql: str
    tables: frozenset[str]
    of_the_books: bool

    @classmethod
    def of(cls, query: str) -> Question:
        """Find out what a query reads."""
        tables = frozenset(OF_A_DOMAIN.findall(query))
        return cls(f"EXISTS ({ledger.MAIN.sql(query)})", tables, "{book}" in query)

    def is_open(self, filled: set[str], grown: set[str]) -> bool:
        """Whether there is anything new that it reads; otherwise its answer is still the template's.

        One that compares the books with a domain is open as soon as anything of this domain has been written.
        """
        if not self.of_the_books:
            return not self.tables.isdisjoint(filled)
        domains = {_domain(table) for table in self.tables}
        return not domains or not domains.isdisjoint(_domain(table) for table in grown)


QUESTIONS: Final = tuple(
    Question.of(query) for proof in BOOK_PROOFS + doctor.DOMAIN_PROOFS for _, query in proof.queries
)


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

    def suspects(self, connection: Connection) -> bool:
        """Whether anything is other than it should be in a clone."""
        if self.is_altered(connection):
            return True
        grown = self.grown(connection)
        filled = grown | self.rows.keys()
        asked = [one.sql for one in QUESTIONS if one.is_open(filled, grown)]
        if connection.prepare_threshold != 0:
            return connection.execute(SQL("SELECT " + " OR ".join(asked))).fetchone() != (False,)
        # a connection that proves one test after another knows how each of them is answered
        with connection.pipeline():
            answers = [connection.execute(SQL("SELECT " + one)) for one in asked]
        return any(answer.fetchone() != (False,) for answer in answers)

    def is_altered(self, connection: Connection) -> bool:
        """Whether a clone consists of other things than the template, or has another book."""
        return catalog_of(connection) != self.catalog or ledger.books(connection) != [ledger.MAIN]

    def grown(self, connection: Connection) -> set[str]:
        """The tables beside the books that are not as they were in the template."""
        filled = filled_ones(connection, self.tables)
        now = digests(connection, self.rows)
        changed = {table for table, digest in self.rows.items() if now[table] != digest}
        return filled - self.rows.keys() | changed

    def violations(self, connection: Connection) -> tuple[Violation, ...]:
        """Name what is wrong in a clone."""
        for setting in AS_WRITTEN:
            connection.execute(setting)
        if not self.suspects(connection):
            return ()
        if not connection.autocommit:
            connection.rollback()
        if not self.is_altered(connection) and not self.grown(connection):
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


def catalog_of(connection: Connection) -> tuple[str, ...]:
    """What the database consists of, and who may do what in it."""
    row = connection.execute(CATALOG).fetchone()
    assert row is not None
    return row


def _domain(table: str) -> str:
    return table.partition("_")[0]
