"""`tael worker` as a program; how `tael run` keeps one is shown in test_run."""

from __future__ import annotations

import os
import subprocess
import sys

from tael.cli.worker import Worker


def test_a_worker_without_a_database_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tael", "worker"],
        env={**os.environ, "TAEL_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("no_database: ")
    assert Worker().name == "worker"
