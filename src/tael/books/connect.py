"""The raw psycopg connection behind Django's, for the ledger and for hot reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection as django_connection

if TYPE_CHECKING:
    import psycopg


def connection() -> psycopg.Connection:
    """Give the psycopg connection of Django's default connection, opened if need be.

    What is done on it is part of Django's transaction. Commit and rollback stay Django's. A lost one
    is replaced, unless a transaction was lost with it: Django itself looks only between requests.

    Source: architecture, section 2; reliability, T6.
    """
    django_connection.ensure_connection()
    if django_connection.connection.closed and not django_connection.in_atomic_block:
        django_connection.close()
        django_connection.ensure_connection()
    return cast("psycopg.Connection", django_connection.connection)


def in_transaction() -> bool:
    """Tell whether the caller is inside an atomic block."""
    return django_connection.in_atomic_block


def database() -> tuple[str, str, str]:
    """Name the database that Django's default connection points to."""
    settings = django_connection.settings_dict
    return str(settings["HOST"]), str(settings["PORT"]), str(settings["NAME"])
