"""The worker: takes jobs out of the queue and does them until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from tael.jobs.stalled import ASKED_EVERY, dead_after
from tael.jobs.timetable import timetable
from tael.postgres.connect import DatabaseUnreachable

if TYPE_CHECKING:
    from procrastinate import Blueprint

PATIENCE: Final = 10.0  # seconds for the jobs in hand, once the worker shall stop
CUT_OFF: Final = 1  # exit code; the queue hands the job to another worker


class _Ending(Worker):
    """A worker that certainly ends: a job that does not return, or a database that is gone, cannot keep it."""

    def stop(self) -> None:
        """Take no further job, finish those in hand, and end."""
        last_word = threading.Timer(PATIENCE, os._exit, [CUT_OFF])
        last_word.daemon = True
        last_word.start()
        super().stop()  # type: ignore[no-untyped-call]  # procrastinate


def queue_app(jobs: Blueprint) -> DjangoApp:
    """Give the queue with these jobs, in the database of Django's default connection."""
    facts: dict[str, Any] = connector_params("default")
    app = DjangoApp(connector=PsycopgConnector(kwargs=facts, min_size=1, max_size=4))
    app.add_tasks_from(jobs, namespace="tael")
    return app


def work(*, at_once: int, heartbeat: int) -> None:
    """Do jobs until SIGTERM or Ctrl-C.

    Args:
        at_once: jobs that are done at the same time.
        heartbeat: seconds between signs of life.

    Raises:
        DatabaseUnreachable: there is no connection to be had.
    """
    try:
        asyncio.run(_work(queue_app(timetable(heartbeat=heartbeat)), at_once, heartbeat))
    except ConnectorException as failure:
        raise DatabaseUnreachable(
            "The worker has lost the database.", field="TAEL_DATABASE_URL"
        ) from failure


async def _work(app: DjangoApp, at_once: int, heartbeat: int) -> None:
    async with app.open_async():
        worker = _Ending(
            app,
            concurrency=at_once,
            fetch_job_polling_interval=ASKED_EVERY,
            delete_jobs="successful",
            update_heartbeat_interval=float(heartbeat),
            stalled_worker_timeout=float(dead_after(heartbeat)),
            task_middleware=app.worker_defaults["task_middleware"],
        )
        await worker.run()  # type: ignore[no-untyped-call]  # procrastinate
