"""`tael migrate`: from nothing, twice, by two at once, and against a table in use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg import sql

from tael.cli.migrate import MigrationBlocked, migrate_database
from tael.postgres.connect import Databases

NUMBERS = count(1)


@pytest.fixture
def empty(pg: Databases) -> Iterator[Databases]:
    """A database without a table."""
    name = sql.Identifier(f"empty_{next(NUMBERS)}")
    with psycopg.connect(pg.named("postgres").owner_dsn, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        yield pg.named(name.as_string().strip('"'))
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_two_at_once_run_one_after_the_other_and_the_application_may_use_the_book(
    empty: Databases,
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-m", "tael", "migrate"],
        env=os.environ | {"TAEL_DATABASE_URL": empty.owner_dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    migrate_database(empty)

    assert other.communicate(timeout=120) == ("The database is up to date.\n", "")
    with empty.app() as app:
        assert app.execute("SELECT count(*) FROM ledger.entry").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (n int)")


def test_a_table_in_use_is_said_and_nothing_is_done(db: Databases) -> None:
    with db.owner() as other:
        other.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")

        with pytest.raises(MigrationBlocked):
            migrate_database(db)

    migrate_database(db)
