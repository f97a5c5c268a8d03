"""Workers as processes of their own, over the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tael.postgres.connect import Databases


@pytest.fixture
def start_worker(db: Databases, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `tael worker` as often as wanted; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**more: str) -> subprocess.Popen[bytes]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("TAEL_")}
        environment = {
            **kept,
            "TAEL_HOME": str(tmp_path),
            "TAEL_SECRET_KEY": "made for tests only",
            "TAEL_DATABASE_URL": db.owner_dsn,
            "TAEL_WORKER_HEARTBEAT": "1",
            "TAEL_WEBHOOKS_TO_PRIVATE": "1",
            **more,
        }
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tael", "worker"], env=environment, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
