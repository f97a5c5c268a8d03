"""Our own supervisor for an embedded PostgreSQL server: one folder, one server, as long as we live.

The server listens on a socket in a closed folder and on 127.0.0.1; every login needs its password. It
ends when we end, also by kill -9, and loses nothing. The next start waits for it.

Source: stack, section 1; reliability M3, M12 and section 6; architecture, section 6.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from tael.postgres.address import Address, free_port, read_address, socket_folder
from tael.postgres.child import Child
from tael.postgres.data_folder import (
    OWNER,
    ServerWillNotStart,
    check_version,
    is_ready,
    make_cluster,
    refused_start,
    server_environment,
    servers_in,
    wait_for_orphans,
)
from tael.postgres.home import Home, refused_folder
from tael.postgres.programs import find_programs

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE: Final = "tael"
PATIENCE_AT_START: Final = 300.0  # seconds; recovery after a crash under load takes its time
PATIENCE_AT_STOP: Final = 60.0
LARGEST_LOG: Final = 20_000_000  # bytes; a longer one is set aside at the next start
TRIES: Final = 30

SETTINGS: Final[Mapping[str, str]] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "logical",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "jit": "off",  # compiling a posting's short statements costs more than it saves
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_parameter_max_length": "0",  # no value of a statement goes to the log
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # nor of a row that was refused
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "listen_addresses": "127.0.0.1",
}


class Server:
    """An embedded server over one Tael folder. Start it, use its address, stop it."""

    def __init__(
        self,
        home: Home,
        *,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
    ) -> None:
        """Prepare the supervisor; nothing runs and nothing is written yet.

        Args:
            home: Tael's folder.
            environment: where TAEL_POSTGRES_BIN and TAEL_POSTGRES_PORT are looked up.
            settings: server settings that differ from `SETTINGS`.
            durable: False leaves the disk alone when the data folder is made; for tests.
        """
        self.home = home
        self._environment = os.environ if environment is None else environment
        self._settings = {**SETTINGS, "shared_buffers": _shared_buffers(), **(settings or {})}
        self._durable = durable
        self._child: Child | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where the server can be reached."""
        assert self._address is not None, "the server has not been started"
        return self._address

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._child is not None and self._child.exit_code is None

    def start(self) -> Address:
        """Start the server, with a new data folder if there is none. Takes the folder for us.

        Raises:
            AlreadyRunning: another Tael has the folder.
            ProgramsMissing, RootRefused: there is no server to start.
            FolderReadOnly, NoSpaceLeft, DataFolderOtherVersion, DataFolderInUse, ServerWillNotStart: as they say.
        """
        programs = find_programs(self._environment)
        self.home.take()
        try:
            if (self.home.data / "PG_VERSION").exists():
                check_version(programs, self.home.data)
            else:
                password = self.home.secret("owner")
                make_cluster(programs, self.home.data, password=password, durable=self._durable)
            before = read_address(self.home.state)
            self._launch(programs.command("postgres"), programs.runs_as, before)
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.address

    def _launch(self, command: list[str], runs_as: int | None, before: Address | None) -> None:
        """Try until it stands: a port may be taken, an old server may still be going down."""
        sockets = socket_folder(self.home.data, os.geteuid() if runs_as is None else runs_as)
        wished = self._wished_port() or (before.port if before else None)
        for attempt in range(1, TRIES + 1):
            wait_for_orphans(self.home.data, ours=before.pid if before else None)
            port = free_port(wished if attempt < 3 else None)
            said = self._attempt(command, str(sockets), port)
            if said is None:
                return
            if (
                "another server might still be running" in said
                or "pre-existing shared memory" in said
            ):
                time.sleep(0.2)
            elif "Address already in use" not in said:
                raise refused_start(self.home.data, said)
        raise refused_start(self.home.data, said or "")

    def _attempt(self, command: list[str], sockets: str, port: int) -> str | None:
        """Start once. None when it is ready, else what it said."""
        arguments = {**self._settings, "port": str(port), "unix_socket_directories": sockets}
        options = [part for name, value in arguments.items() for part in ("-c", f"{name}={value}")]
        try:
            if self.home.log.exists() and self.home.log.stat().st_size > LARGEST_LOG:
                self.home.log.replace(self.home.log.with_suffix(".log.1"))
            with self.home.log.open("ab") as log:
                begins = log.tell()
                self._child = Child(
                    [*command, "-D", str(self.home.data), *options],
                    dies_by=signal.SIGINT,  # its fast shutdown
                    output=log,
                    environment=server_environment(),
                )
        except OSError as failure:
            raise refused_folder(self.home.log, failure) from failure
        deadline = time.monotonic() + PATIENCE_AT_START
        while not is_ready(self.home.data, self._child.pid):
            if self._child.wait(0.01):
                return self._said_since(begins)
            if time.monotonic() > deadline:
                raise ServerWillNotStart(
                    f"The server for {self.home.data} is not ready after {PATIENCE_AT_START:.0f} s."
                )
        self._address = Address(sockets=sockets, port=port, pid=self._child.pid)
        self._address.write(self.home.state)
        return None

    def _said_since(self, begins: int) -> str:
        with self.home.log.open("rb") as log:
            log.seek(begins)
            return log.read().decode("utf-8", "replace")

    def _wished_port(self) -> int | None:
        named = self._environment.get("TAEL_POSTGRES_PORT", "")
        return int(named) if named.isascii() and named.isdecimal() else None

    def _make_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if there.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def conninfo(self, database: str = DATABASE) -> str:
        """Give the owner's connection string. It carries the password."""
        return self.address.conninfo(
            user=OWNER, password=self.home.secret("owner"), database=database
        )

    def wait(self, seconds: float) -> bool:
        """Wait until the server has ended by itself, at most so long. Say whether it has."""
        assert self._child is not None, "the server has not been started"
        return self._child.wait(seconds)

    def stop(self) -> None:
        """Stop the server, keep its data, and let the next one have the folder."""
        try:
            if self._child is not None:
                self._child.signal(signal.SIGINT)
                if not self._child.wait(PATIENCE_AT_STOP):
                    self._child.signal(
                        signal.SIGQUIT
                    )  # recovery at the next start; nothing is lost
                    self._child.wait(PATIENCE_AT_STOP)
                self._child = None
            if self._address is not None:
                with suppress(OSError):  # gone already, or kept by an orphan that takes no orders
                    Path(self._address.sockets).rmdir()
        finally:
            self.home.leave()


def running_address(home: Home) -> Address | None:
    """Find the server that runs in a Tael folder, started by whichever program."""
    address = read_address(home.state)
    if address is None or address.pid not in servers_in(home.data):
        return None
    return address if is_ready(home.data, address.pid) else None


def _shared_buffers() -> str:
    """An eighth of the memory, between 128 and 512 MB: a laptop has other things to hold."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(512, max(128, memory // 8 // 1_048_576))}MB"
