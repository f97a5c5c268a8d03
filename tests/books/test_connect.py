import contextlib

import django.db
import psycopg
import pytest
from django.db import transaction

from books.booking import AT
from tael import books
from tael.parties.models import Customer


def test_the_raw_connection_is_djangos_own(db):
    with transaction.atomic():
        Customer.objects.create(number=7, name="seen", registered_at=AT, registered_by="x")
        row = (
            books.connection()
            .execute("SELECT name FROM parties_customer WHERE number = 7")
            .fetchone()
        )

    assert isinstance(books.connection(), psycopg.Connection)
    assert row == ("seen",)


def test_it_tells_whether_a_transaction_is_open(db):
    assert not books.in_transaction()
    with transaction.atomic():
        assert books.in_transaction()


def end_all_other_connections(db) -> None:
    with db.owner(autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_lost_connection_is_replaced_in_a_program_without_requests(db):
    books.connection().execute("SELECT 1")
    end_all_other_connections(db)

    with pytest.raises(psycopg.OperationalError):
        books.connection().execute("SELECT 1")

    assert books.connection().execute("SELECT 1").fetchone() == (1,)


def test_a_connection_lost_inside_a_transaction_is_not_replaced(db):
    """What the transaction has done is gone; going on beside it would be half of something."""
    with contextlib.suppress(django.db.Error), transaction.atomic():
        books.connection().execute("SELECT 1")
        end_all_other_connections(db)
        for _ in range(2):
            with pytest.raises(psycopg.OperationalError):
                books.connection().execute("SELECT 1")

    assert books.connection().execute("SELECT 1").fetchone() == (1,)
