"""The embedded server, with real processes: what it survives, and what it says when it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from tael.postgres.data_folder import (
    ServerWillNotStart,
    servers_in,
)
from tael.postgres.embedded import Server, running_address
from tael.postgres.home import AlreadyRunning, Home

KEEPS_A_SERVER = """
import pathlib, sys, time
from tael.postgres.embedded import Server
from tael.postgres.home import Home
import psycopg
server = Server(Home(pathlib.Path(sys.argv[1])))
server.start()
with psycopg.connect(server.conninfo()) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    connection.execute("INSERT INTO kept VALUES (1)")
print(server.address.pid, flush=True)
sys.stdin.read()
server.stop()
"""


def count_kept(server: Server) -> int:
    with psycopg.connect(server.conninfo()) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


def keeper(home: Home) -> subprocess.Popen[str]:
    """Another program that keeps a server until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", KEEPS_A_SERVER, str(home.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until(holds: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_is_ready_when_started_and_durable(home: Home) -> None:
    server = Server(home)
    server.start()
    try:
        with psycopg.connect(server.conninfo()) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
                assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)
    finally:
        server.stop()


def test_its_data_are_there_after_the_next_start(made: Home) -> None:
    server = Server(made)
    for round_number in range(3):
        server.start()
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        assert count_kept(server) == round_number + 1
        server.stop()
        assert servers_in(made.data) == set()
        assert running_address(made) is None


def test_a_server_asks_for_its_password_on_both_of_its_doors(made: Home) -> None:
    server = Server(made)
    address = server.start()
    try:
        for host in (address.sockets, "127.0.0.1"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(
                    host=host, port=address.port, user="tael", dbname="tael", password="wrong"
                )
            password = made.secret("owner")
            psycopg.connect(
                host=host, port=address.port, user="tael", dbname="tael", password=password
            ).close()
        assert Path(address.sockets).stat().st_mode & 0o777 == 0o700
        assert (made.path / "owner.secret").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


def test_kill_9_of_the_parent_leaves_no_server_and_loses_nothing(made: Home) -> None:
    parent = keeper(made)
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) in servers_in(made.data)

    parent.kill()
    parent.communicate()
    server = Server(made)
    server.start()  # at once: the old server is still shutting down

    try:
        assert count_kept(server) == 1
    finally:
        server.stop()
    assert servers_in(made.data) == set()


def test_kill_9_of_the_server_loses_nothing(made: Home) -> None:
    server = Server(made)
    address = server.start()
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        os.kill(address.pid, signal.SIGKILL)
        assert server.wait(20)
        assert not server.running
    server.stop()

    server.start()
    try:
        assert count_kept(server) == 1
    finally:
        server.stop()


def test_a_server_outlives_the_thread_that_started_it(made: Home) -> None:
    server = Server(made)
    starter = Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        assert not server.wait(0.3)
        psycopg.connect(server.conninfo()).close()
    finally:
        server.stop()


def test_a_second_one_beside_it_says_so(made: Home) -> None:
    server = Server(made)
    server.start()
    try:
        with pytest.raises(AlreadyRunning, match=str(os.getpid())):
            Server(Home(made.path)).start()
        assert server.running
        assert running_address(Home(made.path)) == server.address
    finally:
        server.stop()


def test_a_port_that_is_taken_is_not_used(made: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        server = Server(
            made, environment={"TAEL_POSTGRES_PORT": str(number), "PATH": os.environ["PATH"]}
        )
        try:
            assert server.start().port != number
        finally:
            server.stop()


def test_a_free_port_that_is_wished_for_is_used(made: Home) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = Server(
        made, environment={"TAEL_POSTGRES_PORT": str(number), "PATH": os.environ["PATH"]}
    )
    try:
        assert server.start().port == number
    finally:
        server.stop()


def test_a_server_that_will_not_start_says_its_last_lines(made: Home) -> None:
    with (made.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")

    with pytest.raises(ServerWillNotStart, match="no_such_setting"):
        Server(made).start()
