"""The two ways to the database: as its owner, who migrates, and as the application, who may do less.

Source: architecture, section 6; reliability, section 6; stack, section 1.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from tael.postgres.embedded import DATABASE, Server, running_address
from tael.postgres.home import home_of
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tael.postgres.address import Address
    from tael.postgres.home import Home

APP: Final = "tael_app"
OLDEST, NEWEST = 15, 18
PATIENCE: Final = 15.0  # seconds for a server that is starting up

# The owner's bulk work (migrations, index builds, exports) has no limit on a statement, only on waiting.
OWNER_SETTINGS: Final = {"lock_timeout": "2s", "timezone": "UTC"}
APP_SETTINGS: Final = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
}


class DatabaseUrlMalformed(Refusal):
    """TAEL_DATABASE_URL or TAEL_OWNER_DATABASE_URL is no PostgreSQL connection string."""

    code = "database_url_malformed"
    remedy = "Write it as postgresql://user:password@host:5432/database."


class DatabaseUnreachable(Refusal):
    """The database does not answer, or does not let us in."""

    code = "database_unreachable"
    because: ClassVar[Because] = "busy"
    remedy = (
        "Check that the server runs, and the host, port, user and password of TAEL_DATABASE_URL."
    )
    retry = True


class DatabaseVersionUnsupported(Refusal):
    """The server is of a version that Tael is not tested on."""

    code = "database_version_unsupported"
    remedy = "Use PostgreSQL 15 to 18."


class NoDatabase(Refusal):
    """There is no database to work on: none is named, and none runs in Tael's folder."""

    code = "no_database"
    because: ClassVar[Because] = "absent"
    remedy = "Start one with `tael run`, or set TAEL_DATABASE_URL."


@dataclass(frozen=True, slots=True, repr=False)
class Databases:
    """One database and the two roles we have in it. Never printed: the strings carry passwords."""

    owner_dsn: str
    app_dsn: str
    embedded: bool = False  # a server of our own, whose roles have passwords of our making

    def __repr__(self) -> str:
        """Say where, not with which password."""
        facts = conninfo_to_dict(self.app_dsn)
        return f"<database {facts.get('dbname')} at {facts.get('host')}:{facts.get('port', 5432)}>"

    def owner(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Connect as the owner."""
        return connect(self.owner_dsn, autocommit=autocommit)

    def app(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Connect as the application."""
        return connect(self.app_dsn, autocommit=autocommit)

    def pool(self, *, largest: int, smallest: int = 1) -> ConnectionPool:
        """Give a pool of the application's connections; the caller opens and closes it."""
        return ConnectionPool(self.app_dsn, min_size=smallest, max_size=largest, open=False)

    def named(self, database: str) -> Databases:
        """Give the same server and roles with another database."""
        return Databases(
            make_conninfo(self.owner_dsn, dbname=database),
            make_conninfo(self.app_dsn, dbname=database),
            self.embedded,
        )


def connect(
    dsn: str, *, autocommit: bool = False, patience: float = PATIENCE
) -> psycopg.Connection:
    """Connect, waiting for a server that is just starting up.

    Args:
        dsn: a connection string.
        autocommit: whether each statement is a transaction of its own.
        patience: seconds.

    Raises:
        DatabaseUnreachable: nobody answers, or not us.
        DatabaseVersionUnsupported: the server is too old or too new.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection = psycopg.connect(dsn, autocommit=autocommit)
            break
        except psycopg.OperationalError as failure:
            if time.monotonic() > deadline or not _is_starting(failure):
                raise _unreachable(dsn, failure) from None
            time.sleep(0.1)
    try:
        check_version(connection)
    except DatabaseVersionUnsupported:
        connection.close()
        raise
    return connection


def _is_starting(failure: psycopg.OperationalError) -> bool:
    """A server that starts up or recovers says so; one that is down refuses, and may be coming."""
    said = str(failure)
    return "starting up" in said or "recovery mode" in said or "shutting down" in said


def _unreachable(dsn: str, failure: psycopg.OperationalError) -> DatabaseUnreachable:
    facts = conninfo_to_dict(dsn)
    where = f"{facts.get('host', 'the local socket')}:{facts.get('port', 5432)}"
    lines = [line for line in str(failure).splitlines() if line.strip() and line[0] != "\t"]
    said = lines[-1] if lines else "it does not answer"  # what is indented asks, and tells nothing
    password = facts.get("password")
    if password:
        said = said.replace(str(password), "…")
    return DatabaseUnreachable(
        f"The database {facts.get('dbname', '')} at {where} cannot be reached: {said}",
        field="TAEL_DATABASE_URL",
    )


def check_version(connection: psycopg.Connection) -> None:
    """Refuse a server that Tael is not tested on.

    Raises:
        DatabaseVersionUnsupported: it is.
    """
    major = connection.info.server_version // 10_000
    if not OLDEST <= major <= NEWEST:
        raise DatabaseVersionUnsupported(
            f"The server is PostgreSQL {major}; Tael works with {OLDEST} to {NEWEST}.",
            field="TAEL_DATABASE_URL",
            there=f"PostgreSQL {major}",
            allowed=f"PostgreSQL {OLDEST} to {NEWEST}",
        )


def find_databases(environment: Mapping[str, str]) -> Databases | None:
    """Find the database to work on: the operator's, else the one that runs in Tael's folder.

    TAEL_DATABASE_URL alone serves both roles; the application then puts on the role `tael_app`. With
    TAEL_OWNER_DATABASE_URL beside it the application logs in as somebody who cannot migrate.

    Raises:
        DatabaseUrlMalformed: the address cannot be read.
    """
    address = environment.get("TAEL_DATABASE_URL")
    if address:
        app = _parsed(address, "TAEL_DATABASE_URL")
        named = environment.get("TAEL_OWNER_DATABASE_URL")
        owner = _parsed(named, "TAEL_OWNER_DATABASE_URL") if named else app
        return Databases(_with(owner, OWNER_SETTINGS), _with(app, {**APP_SETTINGS, "role": APP}))
    home = home_of(environment)
    running = running_address(home)
    return None if running is None else embedded_databases(home, running)


def embedded_databases(home: Home, address: Address) -> Databases:
    """Give the database of an embedded server. The application has a login and password of its own."""
    owner = address.conninfo(user="tael", password=home.secret("owner"), database=DATABASE)
    app = address.conninfo(user=APP, password=home.secret("app"), database=DATABASE)
    return Databases(
        _with(conninfo_to_dict(owner), OWNER_SETTINGS),
        _with(conninfo_to_dict(app), APP_SETTINGS),
        embedded=True,
    )


@contextmanager
def open_databases(environment: Mapping[str, str]) -> Iterator[Databases]:
    """Give the database to work on, starting the embedded server for the time of the work if need be.

    Raises:
        Refusal: the server cannot be started; see `Server.start`.
    """
    found = find_databases(environment)
    if found is not None:
        yield found
        return
    home = home_of(environment)
    server = Server(home, environment=environment)
    try:
        yield embedded_databases(home, server.start())
    finally:
        server.stop()


def _parsed(address: str, name: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        # what libpq says would repeat the address, and with it the password
        raise DatabaseUrlMalformed(
            f"{name} is no PostgreSQL connection string.", field=name
        ) from None


def _with(facts: Mapping[str, Any], settings: Mapping[str, str]) -> str:
    """Put our session settings before the operator's own, which therefore win; the role comes last."""
    own = [f"-c {name}={value}" for name, value in settings.items() if name != "role"]
    role = [f"-c role={settings['role']}"] if "role" in settings else []
    options = " ".join([*own, *([facts["options"]] if facts.get("options") else []), *role])
    return make_conninfo("", **{**facts, "options": options})
