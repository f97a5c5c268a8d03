import psycopg
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
