"""`tael worker`: do what has to be done in time, and what others wait for; `tael run` starts one."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tael.cli.database import close_django, start_django
from tael.cli.no_books import check_books
from tael.loading import nothing_to_collect
from tael.postgres.child import Child
from tael.postgres.connect import NoDatabase, find_databases
from tael.postgres.home import home_of

if TYPE_CHECKING:
    from tael.cli.children import Program


@dataclass(frozen=True, slots=True)
class Worker:
    """The worker as a program beside the web server."""

    @property
    def name(self) -> str:
        """Give what people call it."""
        return "worker"

    def start(self) -> Child:
        """Start it. It ends when this process does."""
        environment = {**os.environ, "TAEL_HOME": str(home_of(os.environ).path)}
        return Child(
            [sys.executable, "-m", "tael", "worker"],
            dies_by=signal.SIGTERM,
            environment=environment,
        )

    def wait_until_up(self, child: Child) -> None:
        """Wait for nothing: nobody talks to a worker, and one that ends is started again."""


if TYPE_CHECKING:
    _: Program = Worker()


@click.command("worker")
@click.option(
    "--at-once",
    type=click.IntRange(1, 64),
    default=4,
    envvar="TAEL_WORKER_JOBS",
    show_default=True,
    help="Jobs that are done at the same time, and as many again that ask other systems.",
)
@click.option(
    "--heartbeat",
    type=click.IntRange(1, 10),
    default=10,
    envvar="TAEL_WORKER_HEARTBEAT",
    show_default=True,
    help="Seconds between signs of life. A worker without three of them is taken for dead.",
)
def worker(at_once: int, heartbeat: int) -> None:
    """Do the jobs: expiries, webhooks, room in the journal. Several may run, on several machines."""
    databases = find_databases(os.environ)
    if databases is None:
        raise NoDatabase(
            f"There is no database for {home_of(os.environ).path}.", field="TAEL_DATABASE_URL"
        )
    check_books(databases)
    start_django()
    try:
        with nothing_to_collect():  # it holds Django's tables, so its settings came first
            jobs = importlib.import_module("tael.jobs.worker")
        jobs.work(at_once=at_once, heartbeat=heartbeat)
    finally:
        close_django()
