"""The two ways to the database."""

from __future__ import annotations

import psycopg
from django.db import connection as django_connection

from tael.postgres.connect import Databases


def test_the_application_has_a_role_of_its_own_and_limits_on_time(
    connection: psycopg.Connection,
) -> None:
    row = connection.execute(
        "SELECT current_user, current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " current_setting('idle_in_transaction_session_timeout')"
    ).fetchone()

    assert row == ("tael_app", "15s", "3s", "15s")


def test_django_works_as_the_application_with_prepared_statements(db: Databases) -> None:
    with django_connection.cursor() as cursor:
        for _ in range(7):
            cursor.execute("SELECT current_user, %s::int", [1])
        assert cursor.fetchone() == ("tael_app", 1)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (1,)
