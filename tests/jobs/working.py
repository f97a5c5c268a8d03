"""What the tests of jobs ask of the queue and of worker processes."""

from __future__ import annotations

import time
from collections.abc import Callable

from tael.postgres.connect import Databases


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to come about."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def ask(databases: Databases, query: str, *values: object) -> list[tuple]:
    """Ask the database as its owner, in a transaction of its own."""
    with databases.owner(autocommit=True) as owner:
        found = owner.execute(query, values or None)
        return found.fetchall() if found.description else []


def in_hand(databases: Databases, task: str) -> int:
    """How many jobs of a task a worker has in hand."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'doing'"
    return int(ask(databases, query, f"tael:{task}")[0][0])
