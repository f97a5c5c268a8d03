"""The database that tests use one after another is as new for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from builders import AT, STAFF, a_wallet
from conftest import TEMPLATE, forget
from tael.channels.channel import disable_channel, usable
from washed import AtStart, Washed


@pytest.fixture
def washed(pg, maintenance, proven) -> Iterator[Washed]:
    one = Washed(pg, maintenance, proven, TEMPLATE)
    yield one
    forget()
    one.close()


def used(washed: Washed, *statements: str) -> str | None:
    """Lend the database, write to it as a test does, and take it back."""
    databases = washed.lend()
    name = washed.name
    a_wallet(free="10.00")
    with databases.owner() as owner:
        for statement in statements:
            owner.execute(statement)
    forget(but=washed.app)
    washed.prove()
    washed.take_back(sound=True)
    return name


def test_rows_numbers_and_what_was_switched_are_as_in_the_template(washed):
    databases = washed.lend()
    name, as_new = washed.name, washed.at_start
    first = a_wallet(free="10.00")
    disable_channel(identifier="Alipay", actor=STAFF, at=AT)
    forget(but=washed.app)

    washed.take_back(sound=True)

    with databases.owner() as owner:
        assert AtStart.of(owner) == as_new
    washed.lend()
    assert washed.name == name
    assert usable("Alipay", "CNY").enabled
    assert a_wallet(free="10.00").number == first.number


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE another (n int)",
        "ALTER TABLE wallet_wallet ADD CONSTRAINT another CHECK (number <> 1)",
        "CREATE OR REPLACE FUNCTION another() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ANALYZE wallet_wallet",
        "GRANT SELECT ON wallet_wallet TO PUBLIC",
    ],
)
def test_what_is_not_only_rows_ends_the_database(washed, statement):
    assert used(washed) == used(washed)

    before = washed.name
    washed.prove = lambda: None  # the doctor may well mind it
    used(washed, statement)

    assert before is not None
    assert washed.name is None


def test_a_database_that_was_not_proven_is_not_used_again(washed):
    washed.lend()
    washed.take_back(sound=False)

    assert washed.name is None


def test_who_ended_every_connection_gets_a_new_database(washed):
    databases = washed.lend()
    with databases.owner(autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    forget(but=washed.app)

    washed.prove()
    washed.take_back(sound=True)

    assert washed.name is None
