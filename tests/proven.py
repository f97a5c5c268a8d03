"""After each test that had a database its books are proven, as `tael doctor` proves them, at a sixth of the cost.

The doctor's queries about rows are asked in one statement. Those about the catalog (grants, constraints) are
asked where the catalog is no longer the one of the template, which was examined once. Whatever is found
is found again by the doctor, who names it.
"""

from __future__ import annotations

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
FILLED: Final = (
    "SELECT EXISTS (SELECT FROM wallet_wallet) OR EXISTS (SELECT FROM settlement_account)"
)


def questions(*, wallets: bool) -> str:
    """One statement that says whether any of the doctor's queries about rows finds anything."""
    asked = BOOK_PROOFS + (doctor.DOMAIN_PROOFS if wallets else ())
    queries = [ledger.MAIN.sql(query) for proof in asked for _, query in proof.queries]
    return "SELECT " + " OR ".join(f"EXISTS ({query})" for query in queries)


BOOKS: Final = questions(wallets=False)
BOOKS_AND_WALLETS: Final = questions(wallets=True)


@dataclass(frozen=True)
class Proven:
    """A database whose every invariant has been examined; its clones are compared with it."""

    catalog: tuple[str, ...]

    @classmethod
    def of(cls, connection: Connection) -> Proven:
        """Examine the template."""
        report = doctor.examine(connection, server=False)
        assert report.ok, report.text()
        return cls(_catalog(connection))

    def suspects(self, connection: Connection) -> bool:
        """Whether anything is other than it should be in a clone; without a wallet there are books alone."""
        connection.execute(AS_WRITTEN)
        if _catalog(connection) != self.catalog or ledger.books(connection) != [ledger.MAIN]:
            return True
        wallets = connection.execute(FILLED).fetchone() == (True,)
        asked = SQL(BOOKS_AND_WALLETS if wallets else BOOKS)
        return connection.execute(asked).fetchone() != (False,)

    def violations(self, connection: Connection) -> tuple[Violation, ...]:
        """Name what is wrong in a clone."""
        if not self.suspects(connection):
            return ()
        connection.rollback()
        if connection.execute(FILLED).fetchone() == (True,):
            return doctor.examine(connection, server=False).violations
        return tuple(ledger.integrity.check(connection))


def _catalog(connection: Connection) -> tuple[str, ...]:
    row = connection.execute(CATALOG).fetchone()
    assert row is not None
    return row
