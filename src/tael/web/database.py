"""Turns a PostgreSQL connection string into Django's settings of a database."""

from __future__ import annotations

from typing import Any, Final

from django.db import connections
from psycopg.conninfo import conninfo_to_dict

PREPARE_AFTER: Final = 5  # uses of a statement; psycopg's own default, which Django turns off


def database_settings(dsn: str, *, pool: int = 0) -> dict[str, Any]:
    """Give the settings of one database.

    Parameters are bound by the server, so that statements can be prepared and the ledger sees the same
    types on Django's connection as on a plain one.

    Args:
        dsn: the connection string.
        pool: the most connections a process keeps; 0 means one for each thread, without a pool.
    """
    facts = dict(conninfo_to_dict(dsn))
    options: dict[str, Any] = {
        "server_side_binding": True,
        "prepare_threshold": PREPARE_AFTER,
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": facts.pop("dbname", ""),
        "USER": facts.pop("user", ""),
        "PASSWORD": facts.pop("password", ""),
        "HOST": facts.pop("host", ""),
        "PORT": str(facts.pop("port", "")),
    }
    return {**settings, "OPTIONS": {**facts, **options}}


def point(alias: str, dsn: str) -> None:
    """Point one of Django's connections, in this thread closed, to another database or role."""
    if alias in connections.settings:
        connections[alias].close()
        del connections[alias]
    configured = connections.configure_settings({"default": {}, alias: database_settings(dsn)})
    connections.settings[alias] = configured[alias]
