"""Opens the database and Django for a command, and closes both behind it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
from django.db import connections

from tael.loading import nothing_to_collect
from tael.postgres.connect import open_databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tael.postgres.connect import Databases


@contextmanager
def opened_database() -> Iterator[Databases]:
    """Give the database to work on, with Django ready to use it.

    A server that runs in Tael's folder is used; else the embedded one is started for this command.

    Raises:
        Refusal: there is no database, or it cannot be started.
    """
    with open_databases(os.environ) as databases:
        start_django()
        try:
            yield databases
        finally:
            close_django()


def start_django() -> None:
    """Read Django's settings. The database must be there already: they name it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
    with nothing_to_collect():
        django.setup()


def close_django() -> None:
    """Close every connection that this process holds, so that the server can stop."""
    from tael import books  # noqa: PLC0415 - needs Django's settings

    books.close_poster()
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
