"""The application's role can work the queue, and still not the books."""

from __future__ import annotations

import psycopg
import pytest

from tael.postgres.connect import Databases


def test_the_application_works_the_queue(db: Databases) -> None:
    with db.app() as app:
        app.execute("SELECT procrastinate_register_worker_v1()")
        for table in ("jobs", "events", "periodic_defers", "workers"):
            app.execute(f"SELECT FROM procrastinate_{table}")
            app.execute(f"DELETE FROM procrastinate_{table}")
        app.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')"
        )


def test_and_cannot_change_what_the_queue_is(db: Databases) -> None:
    for act in ("DROP TABLE procrastinate_jobs", "TRUNCATE procrastinate_events"):
        with db.app() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(act)
