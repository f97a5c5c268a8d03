"""How many circles of waiting the server had to break in a test's database."""

from __future__ import annotations

import time

from tael.postgres.connect import Databases

PATIENCE_SECONDS = 10.0


def deadlocks(databases: Databases) -> int:
    """Count them, once every session of the test has ended and thereby reported its own."""
    with databases.owner(autocommit=True) as owner:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            row = owner.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            if row == (0,):
                break
            time.sleep(0.02)  # the end of a session gives no sign
        else:
            raise AssertionError("sessions of the test are still open")
        counted = owner.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
        assert counted is not None
        return int(counted[0])
