"""The two ways to the database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from django.db import connection as django_connection
from psycopg.conninfo import conninfo_to_dict

from tael.postgres.connect import (
    Databases,
    DatabaseUnreachable,
    DatabaseUrlMalformed,
    DatabaseVersionUnsupported,
    check_version,
    connect,
    find_databases,
)

URL = "postgresql://somebody:hush@db.example:6000/books"


def test_the_application_has_a_role_of_its_own_and_limits_on_time(
    connection: psycopg.Connection,
) -> None:
    row = connection.execute(
        "SELECT current_user, current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " current_setting('idle_in_transaction_session_timeout')"
    ).fetchone()

    assert row == ("tael_app", "15s", "3s", "15s")


def test_the_owners_statements_have_no_limit_on_time(owner: psycopg.Connection) -> None:
    assert owner.execute("SHOW statement_timeout").fetchone() == ("0",)
    assert owner.execute("SHOW lock_timeout").fetchone() == ("2s",)


def test_django_works_as_the_application_with_prepared_statements(db: Databases) -> None:
    with django_connection.cursor() as cursor:
        for _ in range(7):
            cursor.execute("SELECT current_user, %s::int", [1])
        assert cursor.fetchone() == ("tael_app", 1)
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT current_user%'"
        )
        assert cursor.fetchone() == (1,)


def test_one_address_serves_the_owner_and_the_application_in_its_role() -> None:
    databases = find_databases({"TAEL_DATABASE_URL": URL})

    assert databases is not None
    owner, app = (conninfo_to_dict(dsn) for dsn in (databases.owner_dsn, databases.app_dsn))
    assert owner["user"] == app["user"] == "somebody"
    assert "role=tael_app" not in owner["options"]
    assert app["options"].endswith("-c role=tael_app")


def test_two_addresses_serve_one_each() -> None:
    mighty = "postgresql://mighty@db.example/books"
    databases = find_databases({"TAEL_DATABASE_URL": URL, "TAEL_OWNER_DATABASE_URL": mighty})

    assert databases is not None
    assert conninfo_to_dict(databases.owner_dsn)["user"] == "mighty"
    assert conninfo_to_dict(databases.app_dsn)["user"] == "somebody"


def test_what_the_operator_sets_in_the_address_wins_except_the_role() -> None:
    databases = find_databases(
        {"TAEL_DATABASE_URL": URL + "?options=-c%20statement_timeout%3D60s%20-c%20role%3Dmighty"}
    )

    assert databases is not None
    options = conninfo_to_dict(databases.app_dsn)["options"]
    assert options.index("statement_timeout=15s") < options.index("statement_timeout=60s")
    assert options.index("role=mighty") < options.index("role=tael_app")


def test_the_operators_options_reach_the_server(db: Databases) -> None:
    own = conninfo_to_dict(db.owner_dsn) | {"options": "-c statement_timeout=61s"}
    address = " ".join(f"{name}='{value}'" for name, value in own.items())
    databases = find_databases({"TAEL_DATABASE_URL": address})

    assert databases is not None
    with databases.app() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("61s",)
        assert connection.execute("SELECT current_user").fetchone() == ("tael_app",)


def test_a_malformed_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(DatabaseUrlMalformed) as refused:
        find_databases({"TAEL_DATABASE_URL": "postgres:/somebody:hush"})

    assert refused.value.field == "TAEL_DATABASE_URL"
    assert "hush" not in str(refused.value)


def test_nothing_that_is_printed_carries_a_password(pg: Databases) -> None:
    databases = find_databases({"TAEL_DATABASE_URL": URL})

    assert repr(databases) == "<database books at db.example:6000>"
    assert conninfo_to_dict(pg.app_dsn)["password"] not in f"{pg!r} {pg}"


def test_a_server_that_is_not_there_is_refused_in_a_sentence() -> None:
    with pytest.raises(DatabaseUnreachable, match=r"books at 127\.0\.0\.1:1") as refused:
        connect("postgresql://somebody:hush@127.0.0.1:1/books")

    assert "hush" not in str(refused.value)


def test_a_wrong_password_is_refused_in_a_sentence(pg: Databases) -> None:
    with pytest.raises(DatabaseUnreachable, match="password authentication failed"):
        connect(psycopg.conninfo.make_conninfo(pg.app_dsn, password="wrong"))


@pytest.mark.parametrize(("number", "major"), [(140_021, 14), (90_624, 9), (190_000, 19)])
def test_a_server_that_is_not_tested_on_is_refused(number: int, major: int) -> None:
    server = cast("Any", SimpleNamespace(info=SimpleNamespace(server_version=number)))

    with pytest.raises(DatabaseVersionUnsupported) as refused:
        check_version(server)

    assert (refused.value.there, refused.value.allowed) == (
        f"PostgreSQL {major}",
        "PostgreSQL 15 to 18",
    )


@pytest.mark.parametrize("number", [150_000, 160_011, 180_006])
def test_a_server_that_is_tested_on_is_taken(number: int) -> None:
    check_version(cast("Any", SimpleNamespace(info=SimpleNamespace(server_version=number))))


def test_a_pool_gives_the_applications_connections(db: Databases) -> None:
    with db.pool(largest=2) as pool, pool.connection() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("tael_app",)
