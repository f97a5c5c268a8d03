import psycopg
import pytest
from django.apps import apps

from tael import ledger

OURS = ["books", "parties", "channels"]


def rights(connection, table: str) -> set[str]:
    rows = connection.execute(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'tael_app' AND table_name = %s",
        [table],
    ).fetchall()
    return {right for (right,) in rows}


def changeable(connection, table: str) -> set[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.role_column_grants"
        " WHERE grantee = 'tael_app' AND table_name = %s AND privilege_type = 'UPDATE'",
        [table],
    ).fetchall()
    return {column for (column,) in rows}


@pytest.mark.parametrize("label", OURS)
def test_the_application_reads_and_adds_and_removes_nothing(db, owner, label):
    for model in apps.get_app_config(label).get_models():
        given = rights(owner, model._meta.db_table)

        assert {"SELECT", "INSERT"} <= given, model
        assert given <= {"SELECT", "INSERT", "UPDATE"}, model


@pytest.mark.parametrize("label", OURS)
def test_the_application_changes_only_what_a_model_allows(db, owner, label):
    for model in apps.get_app_config(label).get_models():
        columns = {field.column for field in model._meta.fields}

        assert changeable(owner, model._meta.db_table) == set(
            getattr(model, "app_may_change", columns)
        ), model


@pytest.mark.parametrize("table", ["parties_audit", "channels_rate"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_nothing_changes_a_table_that_is_only_added_to(connection, table, verb):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(verb.format(table))


@pytest.mark.parametrize("table", ["entry", "posting", "entry_key", "entry_note"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_the_journal_is_the_books_migrations_work_and_stays(connection, table, verb):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(verb.format(f"ledger.{table}"))


def test_the_application_knows_which_migrations_ran_and_cannot_pretend(connection):
    assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() > (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM django_migrations")


def test_the_main_book_is_there_after_the_migrations(connection):
    assert ledger.MAIN in ledger.books(connection)
