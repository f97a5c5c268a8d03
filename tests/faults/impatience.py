"""Sessions that wait for a lock for less than the three seconds of a site, so that a test can watch it."""

from __future__ import annotations

from psycopg.conninfo import conninfo_to_dict, make_conninfo


def impatient(dsn: str, seconds: float) -> str:
    """Give the connection string of sessions that wait so long for a lock and no longer."""
    options = conninfo_to_dict(dsn)["options"]
    return make_conninfo(dsn, options=f"{options} -c lock_timeout={seconds * 1000:.0f}ms")
