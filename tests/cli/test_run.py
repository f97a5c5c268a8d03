"""`tael run` as a newcomer meets it: real processes, real ports, real signals."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tael.postgres.connect import Databases, find_databases
from tael.postgres.data_folder import servers_in

TAEL = [sys.executable, "-m", "tael"]
USUAL = ("--no-demo", "--no-sandbox")


@contextmanager
def a_home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="tael-run-"))
    yield path
    until(lambda: not servers_in(path / "postgres"))
    shutil.rmtree(path)


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as path:
        yield path


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def port() -> int:
    return a_free_port()


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TAEL_", "DJANGO_"))
    }
    return {**kept, "TAEL_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def until(holds: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


class Running:
    """A `tael run` in the background, up and answering."""

    def __init__(self, home: Path, port: int, *options: str, **more: str) -> None:
        self.home = home
        self.port = port
        self.process = subprocess.Popen(
            [*TAEL, "run", "--port", str(port), "--workers", "1", *USUAL, *options],
            env=environment(home, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert self.said, "it said nothing"
        assert self.process.poll() is None, "".join(self.said)

    def answers(self, path: str = "/healthz") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said.append(rest)
        return self.process.returncode


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """One that runs, for the tests that leave it running."""
    with a_home() as path:
        one = Running(path, a_free_port())
        yield one
        assert one.end(signal.SIGINT) == 0


def tael(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TAEL, *arguments],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_refused(done: subprocess.CompletedProcess[str], code: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"{code}: ")
    assert "Traceback" not in done.stderr


def test_it_serves_says_where_and_stops_with_everything_on_ctrl_c(home: Path, port: int) -> None:
    running = Running(home, port)
    assert running.answers()
    assert any(f"http://127.0.0.1:{port}" in line for line in running.said)
    assert servers_in(home / "postgres")

    assert running.end(signal.SIGINT) == 0

    assert not running.answers()
    assert not servers_in(home / "postgres")
    assert not re.search("Traceback|WARNING", "".join(running.said))


def test_a_second_run_beside_it_says_so_and_stops(running: Running, port: int) -> None:
    assert_refused(tael(running.home, "run", "--port", str(running.port)), "port_in_use")
    assert_refused(tael(running.home, "run", "--port", str(port)), "already_running")
    assert running.answers()


def test_another_command_uses_the_server_that_runs(running: Running) -> None:
    done = tael(running.home, "migrate")
    assert (done.returncode, done.stderr) == (0, "")


def test_kill_9_leaves_neither_server_behind_and_the_next_run_finds_the_data(
    home: Path, port: int
) -> None:
    running = Running(home, port)
    databases = find_databases({"TAEL_HOME": str(home)})
    assert databases is not None
    with databases.owner() as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS n")

    running.end(signal.SIGKILL)
    until(lambda: not running.answers())
    again = Running(home, port)  # at once: the old database server may still be going down

    try:
        databases = find_databases({"TAEL_HOME": str(home)})
        assert databases is not None
        with databases.owner() as owner:
            assert owner.execute("SELECT n FROM kept").fetchone() == (1,)
    finally:
        again.end(signal.SIGINT)


def test_a_database_server_that_is_killed_comes_back_under_the_running_site(
    running: Running,
) -> None:
    state = running.home / "server.json"
    before = json.loads(state.read_text())["pid"]
    os.kill(before, signal.SIGKILL)

    until(lambda: json.loads(state.read_text())["pid"] != before)
    databases = find_databases({"TAEL_HOME": str(running.home)})
    assert databases is not None
    databases.app().close()
    assert running.process.poll() is None


def test_an_operators_own_database_is_used_with_the_restricted_role(
    db: Databases, home: Path, port: int
) -> None:
    address = db.owner_dsn
    running = Running(home, port, TAEL_DATABASE_URL=address)
    try:
        assert running.answers()
        assert not (home / "postgres").exists()
        databases = find_databases({"TAEL_DATABASE_URL": address})
        assert databases is not None
        with databases.app() as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("tael_app",)
    finally:
        assert running.end(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        (
            {"TAEL_DATABASE_URL": "postgresql://tael:secret@127.0.0.1:1/tael"},
            "database_unreachable",
        ),
        (
            {"TAEL_DATABASE_URL": "postgresql://tael:secret@127.0.0.1:port/tael"},
            "database_unreachable",
        ),
        ({"TAEL_DATABASE_URL": "no address at all, secret"}, "database_url_malformed"),
        ({"TAEL_POSTGRES_BIN": "/nowhere"}, "database_programs_missing"),
        ({"TAEL_HOME": "/proc/tael"}, "data_folder_read_only"),
        ({"TAEL_TIME_ZONE": "Mars/Olympus"}, "setting_malformed"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    home: Path, port: int, variables: dict[str, str], code: str
) -> None:
    done = tael(home, "run", "--port", str(port), **variables)

    assert_refused(done, code)
    assert "secret" not in done.stderr


def test_a_host_that_is_not_ours_is_refused(home: Path, port: int) -> None:
    done = tael(home, "run", "--host", "192.0.2.1", "--port", str(port))

    assert_refused(done, "address_not_available")


def test_serving_without_a_database_is_refused(home: Path, port: int) -> None:
    assert_refused(tael(home, "serve", "--port", str(port)), "no_database")


def test_an_unknown_command_is_named() -> None:
    done = tael(Path("/nonexistent"), "nosuchthing")

    assert done.returncode == 2
    assert "nosuchthing" in done.stderr


def test_the_version_needs_no_database() -> None:
    done = tael(Path("/nonexistent"), "--version")

    assert done.stdout.startswith("tael, version ")
