"""`tael run` with everything beside it: one that is killed comes back, and nothing outlives the parent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tael.cli.worker import Worker

TAEL = [sys.executable, "-m", "tael"]
PARTS = {"worker": b"tael\0worker", "web server": b"tael.web.wsgi", "sandbox": b"tael.sandbox.wsgi"}


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="tael-run-"))
    yield path
    until(lambda: not processes(path))
    shutil.rmtree(path)


def processes(home: Path) -> dict[int, bytes]:
    """Every process that works in this folder, with its command line."""
    found = {}
    mark = f"TAEL_HOME={home}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            line = (entry / "cmdline").read_bytes()
            ours = (
                mark in (entry / "environ").read_bytes().split(b"\0") or str(home).encode() in line
            )
            if state != "Z" and ours:
                found[int(entry.name)] = line
    return found


def pids_of(home: Path, part: str) -> set[int]:
    """The processes of a part: a server has workers of its own."""
    return {pid for pid, line in processes(home).items() if PARTS[part] in line}


def a_run(home: Path) -> subprocess.Popen[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("TAEL_", "DJANGO_"))
    }
    command = [*TAEL, "run", "--port", str(port), "--workers", "1", "--no-demo", "--sandbox"]
    process = subprocess.Popen(
        command,
        env={**kept, "TAEL_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            break
    assert process.poll() is None, "".join(said)
    return process


def another(home: Path, part: str, before: set[int]) -> bool:
    """Whether the part is there again, and nothing of what it was before."""
    now = pids_of(home, part)
    return bool(now) and not now & before


def test_each_part_that_is_killed_comes_back_and_ctrl_c_ends_all_of_them(home: Path) -> None:
    running = a_run(home)
    try:
        for part in PARTS:
            before = pids_of(home, part)
            assert before, part
            os.kill(min(before), signal.SIGKILL)
            until(partial(another, home, part, before))
    finally:
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)

    assert running.returncode == 0, said
    for part in PARTS:
        assert part in said
    assert processes(home) == {}


def test_kill_9_of_the_parent_leaves_nothing_behind(home: Path) -> None:
    running = a_run(home)
    try:
        assert all(pids_of(home, part) for part in PARTS)
    finally:
        running.kill()
        running.communicate(timeout=60)

    until(lambda: not processes(home), seconds=30)


def test_a_worker_without_a_database_says_so() -> None:
    done = subprocess.run(
        [*TAEL, "worker"],
        env={**os.environ, "TAEL_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("no_database: ")
    assert Worker().name == "worker"
