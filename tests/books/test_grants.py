import psycopg
import pytest
from django.apps import apps
from django.db.models import Model

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


def our_models() -> list[type[Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def test_the_application_reads_and_adds_and_removes_nothing(owner):
    for model in our_models():
        given = rights(owner, model._meta.db_table)

        assert {"SELECT", "INSERT"} <= given, model
        assert given <= {"SELECT", "INSERT", "UPDATE"}, model


def test_the_application_changes_only_what_a_model_allows(owner):
    for model in our_models():
        columns = {field.column for field in model._meta.fields}
        allowed = set(getattr(model, "app_may_change", columns))

        assert changeable(owner, model._meta.db_table) == allowed, model


@pytest.mark.rule("F-12", "F-22")
def test_what_is_only_added_to_cannot_be_changed_by_any_verb(connection):
    for table in (
        "parties_audit",
        "channels_rate",
        "ledger.entry",
        "ledger.posting",
        "ledger.entry_key",
        "ledger.entry_note",
    ):
        column = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
        ).fetchone()[0]
        for verb in (
            f"UPDATE {{}} SET {column} = {column}",
            "DELETE FROM {}",
            "TRUNCATE {}",
            "DROP TABLE {}",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(verb.format(table))


def test_the_application_knows_which_migrations_ran_and_cannot_pretend(connection):
    assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() > (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM django_migrations")


def test_the_main_book_is_there_after_the_migrations(connection):
    assert ledger.MAIN in ledger.books(connection)
