"""The worker: takes jobs out of the queue and does them until it is told to stop.

Jobs that ask other systems have hands of their own: a gateway or a receiver that answers slowly, or dozens
of them, keep nobody from giving back a hold or from taking up a dead worker's job in time.

Source: reliability T3, T25.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from psycopg_pool import PoolTimeout

from tael.jobs.due import Deferrer
from tael.jobs.stalled import ASKED_EVERY, dead_after
from tael.jobs.timetable import INSIDE, OUTSIDE, timetable
from tael.postgres.connect import DatabaseUnreachable

if TYPE_CHECKING:
    from procrastinate import Blueprint

PATIENCE: Final = 10.0  # seconds for the jobs in hand, once the worker shall stop
SPARE: Final = 2  # threads for what the queue itself asks of the machine
WAITS: Final = 600.0  # seconds for a database that does not answer
CUT_OFF: Final = 1  # exit code; the queue hands the job to another worker

log: Final = logging.getLogger(__name__)


class _Ending(Worker):
    """A worker that certainly ends: a job that does not return, or a database that is gone, cannot keep it.

    Those beside it end with it, whichever of them was told to or has lost the database.
    """

    def __init__(self, beside: list[_Ending], app: DjangoApp, **facts: Any) -> None:
        """Join those beside it; the first of them puts into the queue what is due."""
        super().__init__(app, **facts)
        self._defers = not beside
        self._beside = beside
        beside.append(self)

    def stop(self) -> None:
        """Take no further job, finish those in hand, and end."""
        last_word = threading.Timer(PATIENCE, os._exit, [CUT_OFF])
        last_word.daemon = True
        last_word.start()
        for worker in self._beside:
            Worker.stop(worker)  # type: ignore[no-untyped-call]  # procrastinate

    async def run(self) -> None:
        """Do jobs until one of them is told to stop."""
        try:
            await super().run()  # type: ignore[no-untyped-call]  # procrastinate
        finally:
            self.stop()

    async def _periodic_deferrer(self) -> None:
        if self._defers:
            deferrer = Deferrer(self.app.periodic_registry, **self.app.periodic_defaults)
            await deferrer.worker()
        else:
            await asyncio.Event().wait()


def queue_app(jobs: Blueprint) -> DjangoApp:
    """Give the queue with these jobs, in the database of Django's default connection."""
    facts: dict[str, Any] = connector_params("default")
    app = DjangoApp(connector=PsycopgConnector(kwargs=facts, min_size=1, max_size=4))
    app.add_tasks_from(jobs, namespace="tael")
    return app


def work(*, at_once: int, heartbeat: int) -> None:
    """Do jobs until SIGTERM or Ctrl-C.

    Args:
        at_once: jobs that are done at the same time, and as many again that ask other systems.
        heartbeat: seconds between signs of life.

    Raises:
        DatabaseUnreachable: there is no connection to be had, for ten minutes, or no longer.
    """
    _make_room(2 * at_once)
    begun = time.monotonic()
    while True:
        try:
            asyncio.run(_work(queue_app(timetable(heartbeat=heartbeat)), at_once, heartbeat))
        except PoolTimeout as failure:
            # whoever keeps us up gives up on a program that ends again and again, and a failover takes time
            if time.monotonic() - begun >= WAITS:
                raise _lost() from failure
            log.warning("the database does not answer; the worker waits for it")
        except ConnectorException as failure:
            raise _lost() from failure
        else:
            return


def _make_room(jobs: int) -> None:
    """Let the process keep a connection for each job: one that waits for another system keeps its own."""
    pool = connections["default"].settings_dict["OPTIONS"].get("pool")
    if pool:
        pool["max_size"] = max(pool["max_size"], jobs)


def _lost() -> DatabaseUnreachable:
    return DatabaseUnreachable("The worker has lost the database.", field="TAEL_DATABASE_URL")


async def _work(app: DjangoApp, at_once: int, heartbeat: int) -> None:
    # a thread for each job: by itself there would be as many as the machine has cores, and four
    threads = ThreadPoolExecutor(2 * at_once + SPARE, thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(threads)
    async with app.open_async():
        workers: list[_Ending] = []
        for queue in (INSIDE, OUTSIDE):
            _Ending(
                workers,
                app,
                queues=[queue],
                concurrency=at_once,
                fetch_job_polling_interval=ASKED_EVERY,
                delete_jobs="successful",
                update_heartbeat_interval=float(heartbeat),
                stalled_worker_timeout=float(dead_after(heartbeat)),
                task_middleware=app.worker_defaults["task_middleware"],
            )
        ends = await asyncio.gather(*(worker.run() for worker in workers), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
