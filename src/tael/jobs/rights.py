"""What the application's database role may do with the queue: everything that doing a job needs.

The queue's models are not managed by Django, so the rights that `books.grants` gives do not reach them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from psycopg import sql

from tael.books.grants import APP_ROLE

if TYPE_CHECKING:
    from django.apps import AppConfig

QUEUE: Final = "procrastinate"  # the label of its Django app, and what its tables' names begin with
_TABLES: Final = """
    SELECT relname, relkind FROM pg_catalog.pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname LIKE 'procrastinate\\_%'
"""


def grant_queue(*, app_config: AppConfig | None = None, using: str = "default", **_: Any) -> None:
    """Give the role its rights on the queue's tables and sequences. Runs after each migration."""
    if app_config is None or app_config.label != QUEUE:
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            return  # the books are not made yet, their role neither
        cursor.execute(_TABLES)
        for name, sort in cursor.fetchall():
            rights = (
                "GRANT USAGE ON SEQUENCE {} TO {}"
                if sort in {"S", b"S"}
                else "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {} TO {}"
            )
            cursor.execute(sql.SQL(rights).format(sql.Identifier(name), sql.Identifier(APP_ROLE)))
