"""`tael run` as a newcomer meets it: real processes, real ports, real signals.

One place is new and is killed and started again, another is left running by those who look at it: a run costs two
seconds of processor and more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest

from prepared import Prepared
from tael.postgres.connect import Databases, find_databases
from tael.postgres.data_folder import servers_in

TAEL = [sys.executable, "-m", "tael"]
PARTS = {"worker": b"tael\0worker", "web server": b"tael.web.wsgi", "sandbox": b"tael.sandbox.wsgi"}


@contextmanager
def a_home(prepared: Prepared) -> Iterator[Path]:
    path = prepared.new_folder("run-")
    yield path
    until(lambda: not processes(path))
    shutil.rmtree(path)


@pytest.fixture
def home(prepared: Prepared) -> Iterator[Path]:
    with a_home(prepared) as path:
        yield path


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def port() -> int:
    return a_free_port()


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


def another(home: Path, part: str, before: set[int]) -> bool:
    """Whether the part is there again, and nothing of what it was before."""
    now = pids_of(home, part)
    return bool(now) and not now & before


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
            [*TAEL, "run", "--port", str(port), "--workers", "1", "--no-demo", *options],
            env=environment(home, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self.killed: list[str] = []  # parts, of which it has to say something at its end
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert self.said, "it said nothing"
        assert self.process.poll() is None, "".join(self.said)

    def answers(self, path: str = "/healthz", *, port: int | None = None) -> bool:
        address = f"http://127.0.0.1:{port or self.port}{path}"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said.append(rest)
        return self.process.returncode


@pytest.fixture(scope="module")
def running(prepared: Prepared) -> Iterator[Running]:
    """One that runs with all its parts, for the tests that leave it running; Ctrl-C then ends all of them."""
    with a_home(prepared) as path:
        prepared.copy_to(path)
        one = Running(path, a_free_port(), "--sandbox", "--sandbox-port", str(a_free_port()))
        yield one
        assert one.end(signal.SIGINT) == 0, "".join(one.said)
        assert all(f"The {part}" in "".join(one.said) for part in one.killed)
        assert processes(path) == {}


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


def test_a_second_run_beside_it_says_so_and_stops(running: Running, port: int) -> None:
    assert_refused(tael(running.home, "run", "--port", str(running.port)), "port_in_use")
    assert_refused(tael(running.home, "run", "--port", str(port)), "already_running")
    assert running.answers()


def test_another_command_uses_the_server_that_runs(running: Running) -> None:
    done = tael(running.home, "migrate")
    assert (done.returncode, done.stderr) == (0, "")


def test_it_serves_says_where_survives_kill_9_and_stops_with_everything_on_ctrl_c(
    home: Path, port: int
) -> None:
    sandbox = a_free_port()
    running = Running(home, port, "--sandbox-port", str(sandbox))
    assert running.answers()
    assert f"http://127.0.0.1:{port}/" in "".join(running.said)
    assert f"http://127.0.0.1:{sandbox}/control" in "".join(running.said)
    assert running.answers("/healthz", port=sandbox)
    assert running.answers("/control", port=sandbox)
    assert servers_in(home / "postgres")
    assert all(pids_of(home, part) for part in PARTS)
    before = processes(home).keys()
    with owner_of(home) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS n")

    running.end(signal.SIGKILL)
    until(lambda: not running.answers())
    again = Running(home, port, "--sandbox-port", str(sandbox))  # the old database may be stopping

    with owner_of(home) as owner:
        assert owner.execute("SELECT n FROM kept").fetchone() == (1,)
    until(lambda: not before & processes(home).keys(), seconds=30)
    assert again.end(signal.SIGINT) == 0
    assert not again.answers()
    assert not again.answers(port=sandbox)
    assert processes(home) == {}
    assert not re.search("Traceback|WARNING", "".join(running.said + again.said))


def owner_of(home: Path) -> psycopg.Connection:
    databases = find_databases({"TAEL_HOME": str(home)})
    assert databases is not None
    return databases.owner()


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


def test_each_part_that_is_killed_comes_back(running: Running) -> None:
    for part in PARTS:
        before = pids_of(running.home, part)
        assert before, part
        os.kill(min(before), signal.SIGKILL)
        running.killed.append(part)
        until(partial(another, running.home, part, before))
    assert running.process.poll() is None


def test_an_operators_own_database_is_used_with_the_restricted_role(
    db: Databases, home: Path, port: int
) -> None:
    address = db.owner_dsn
    running = Running(home, port, "--no-sandbox", TAEL_DATABASE_URL=address)
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
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    home: Path, port: int, variables: dict[str, str], code: str
) -> None:
    done = tael(home, "run", "--port", str(port), **variables)

    assert_refused(done, code)
    assert "secret" not in done.stderr


def test_a_setting_that_is_none_is_said_in_a_sentence(
    prepared: Prepared, home: Path, port: int
) -> None:
    prepared.copy_to(home)

    assert_refused(
        tael(home, "run", "--port", str(port), TAEL_TIME_ZONE="Mars/Olympus"), "setting_malformed"
    )


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
