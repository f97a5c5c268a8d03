"""After each test that had a database its books are proven, as `tael doctor` proves them, at a sixth of the cost.

The doctor's queries about rows are asked in one statement. Those about the catalog (grants, constraints) are
asked where the catalog is no longer the one of the template, which was examined once. Whatever is found
is found again by the doctor, who names it.
"""

from __future__ import annotations

import re
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
AS_WRITTEN: Final = "SET LOCAL join_collapse_limit = 1; SET LOCAL from_collapse_limit = 1"
SIZES: Final = (
    "SELECT relname, pg_relation_size(oid) FROM pg_catalog.pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
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
    sizes: dict[str, int]

    @classmethod
    def of(cls, connection: Connection) -> Proven:
        """Examine the template."""
        report = doctor.examine(connection, server=False)
        assert report.ok, report.text()
        return cls(_catalog(connection), _sizes(connection))

    def suspects(self, connection: Connection) -> bool:
        """Whether anything is other than it should be in a clone."""
        connection.execute(AS_WRITTEN)
        if _catalog(connection) != self.catalog or ledger.books(connection) != [ledger.MAIN]:
            return True
        sizes = _sizes(connection)
        filled = {table for table, size in sizes.items() if size}
        grown = {table for table in filled if sizes[table] != self.sizes[table]}
        asked = " OR ".join(one.sql for one in QUESTIONS if one.is_open(filled, grown))
        return connection.execute(SQL("SELECT " + asked)).fetchone() != (False,)

    def violations(self, connection: Connection) -> tuple[Violation, ...]:
        """Name what is wrong in a clone."""
        if not self.suspects(connection):
            return ()
        connection.rollback()
        if (
            _sizes(connection) == self.sizes
        ):  # the accounts of the ledger's own tests belong to no wallet
            return tuple(ledger.integrity.check(connection))
        return doctor.examine(connection, server=False).violations


def _domain(table: str) -> str:
    return table.partition("_")[0]


def _sizes(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(SIZES).fetchall())


def _catalog(connection: Connection) -> tuple[str, ...]:
    row = connection.execute(CATALOG).fetchone()
    assert row is not None
    return row
