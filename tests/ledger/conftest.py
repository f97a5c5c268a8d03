"""Every test of the ledger that asks for ``writer`` runs twice: on a plain connection and on Django's."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from bookkeeping import Books, open_books
from tael import books as django_books
from tael.postgres.connect import Databases


@pytest.fixture(params=["plain", "django"])
def writer(request: pytest.FixtureRequest, db: Databases) -> Iterator[psycopg.Connection]:
    """A connection of the application in a transaction that is committed at the end of the test."""
    if request.param == "plain":
        with db.app() as connection:
            yield connection
    else:
        with transaction.atomic():
            yield django_books.connection()


@pytest.fixture
def accounts(writer: psycopg.Connection) -> Books:
    """Ann has 100.00 CNY, Bob 50.00."""
    return open_books(writer)
