"""One embedded server for a test session; one fresh database for each test that asks for it."""

from __future__ import annotations

import fcntl
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

IN_MEMORY = Path("/dev/shm")  # a database is cloned there in 15 ms, on a busy disk in a second
ROOM = 2_000_000_000  # bytes


def folder_for_tests() -> str | None:
    """Memory, where the machine lends enough of it; what killed sessions left there is removed."""
    if not os.access(IN_MEMORY, os.W_OK):
        return None
    for left in IN_MEMORY.glob("tael-test-*"):
        with suppress(OSError), (left / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
    free = os.statvfs(IN_MEMORY)
    return str(IN_MEMORY) if free.f_bavail * free.f_frsize > ROOM else None


gc.disable()  # until all tests are loaded: none of it is ever garbage
HOME = tempfile.TemporaryDirectory(prefix="tael-test-", dir=folder_for_tests())
KEPT = {"TAEL_POSTGRES_BIN", "TAEL_TEST_SIZE", "TAEL_TEST_SEED"}
for name in [name for name in os.environ if name.startswith(("TAEL_", "PG"))]:
    if name not in KEPT:
        del os.environ[name]
os.environ["TAEL_HOME"] = HOME.name
os.environ["TAEL_SECRET_KEY"] = "made for tests only"
os.environ["DJANGO_SETTINGS_MODULE"] = "tael.web.settings"

import django  # noqa: E402 - the settings read the environment

django.setup()

import psycopg  # noqa: E402
import pytest  # noqa: E402
from django.db import connections  # noqa: E402
from psycopg import sql  # noqa: E402

from cheap_hashes import hash_cheaply  # noqa: E402
from dealt import dealt  # noqa: E402
from prepared import Prepared  # noqa: E402
from proven import Proven  # noqa: E402
from sheets_read_here import read_here  # noqa: E402
from tael import books  # noqa: E402
from tael.cli.migrate import migrate_database  # noqa: E402
from tael.parties.pace import forget_paces  # noqa: E402
from tael.postgres.connect import Databases, embedded_databases  # noqa: E402
from tael.postgres.embedded import Server  # noqa: E402
from tael.postgres.home import Home  # noqa: E402
from tael.web.database import point  # noqa: E402
from washed import Washed, drop, make  # noqa: E402

hash_cheaply()
read_here()
TEMPLATE = "tael"  # the server's own database, migrated once and never written to afterwards
# A crash of the machine loses nothing worth keeping here. Tests of durability start a server of their own.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "replica",
    "shared_buffers": "32MB",  # making and dropping a database looks through all of them
    "scram_iterations": "1",  # every test logs in a few times
    "max_parallel_workers_per_gather": "0",  # tables without statistics seem large, and a worker costs a process
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt([(item.nodeid, item) for item in items], workers)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # Python's own are for programs without memory to spare
    gc.enable()


@pytest.fixture(scope="session")
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    """A home whose database has all migrations, the same for all workers; to be copied."""
    own = tmp_path_factory.getbasetemp()
    session = own.parent if hasattr(request.config, "workerinput") else own
    one = Prepared(session, folder_for_tests(), _migrated)
    yield one
    one.leave()


def _migrated(home: Path) -> None:
    server = Server(Home(home), settings=FAST, durable=False)
    server.start()
    try:
        databases = embedded_databases(server.home, server.address)
        _hash_again(databases, server)
        migrate_database(databases)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pg(prepared: Prepared) -> Iterator[Databases]:
    """The session's server, with all migrations applied to its template database. Do not write to it."""
    prepared.copy_to(Path(HOME.name))
    server = Server(Home(Path(HOME.name)), settings=FAST, durable=False)
    server.start()
    try:
        yield embedded_databases(server.home, server.address)
    finally:
        server.stop()
        HOME.cleanup()


def _hash_again(databases: Databases, server: Server) -> None:
    """Hash the owner's password with our settings; it was hashed before the server knew them."""
    password = sql.Literal(server.home.secret("owner"))
    with databases.owner() as owner:
        owner.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(password))


@pytest.fixture(scope="session")
def proven(pg: Databases) -> Proven:
    """The template, examined."""
    with pg.owner() as connection:
        return Proven.of(connection)


@pytest.fixture(scope="session")
def maintenance(pg: Databases) -> Iterator[psycopg.Connection]:
    """A connection of the owner beside the tests' databases, which makes and drops them."""
    with psycopg.connect(pg.named("postgres").owner_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def washed(pg: Databases, maintenance: psycopg.Connection, proven: Proven) -> Iterator[Washed]:
    """The database that this process's tests use one after another."""
    one = Washed(pg, maintenance, proven, TEMPLATE)
    yield one
    one.close()


@pytest.fixture
def db(
    request: pytest.FixtureRequest, pg: Databases, maintenance: psycopg.Connection, proven: Proven
) -> Iterator[Databases]:
    """A database as new, for this test alone, with Django's default connection pointed at it as the application.

    What the test committed is still there at its end, and must balance.
    """
    if request.node.get_closest_marker("own_database"):
        with a_database(pg, maintenance, proven) as databases:
            yield databases
        return
    washed: Washed = request.getfixturevalue("washed")
    sound = False
    databases = washed.lend()
    try:
        yield databases
        forget(but=washed.app)
        washed.prove()
        sound = True
    finally:
        forget(but=washed.app)
        washed.take_back(sound=sound)


@contextmanager
def a_database(
    pg: Databases, maintenance: psycopg.Connection, proven: Proven, like: str = TEMPLATE
) -> Iterator[Databases]:
    """A fresh database, pointed at and proven at the end; for many tests where a server works on it.

    It is as the template is, or as another one to which nobody is connected.
    """
    name = f"test_{secrets.token_hex(8)}"  # this file is imported by the tests as well, as a module of its own
    make(maintenance, name, like)
    databases = pg.named(name)
    point("default", databases.app_dsn)
    try:
        yield databases
        forget()
        assert_books_balance(databases, proven)
    finally:
        forget()
        drop(maintenance, name)


@pytest.fixture
def connection(db: Databases) -> Iterator[psycopg.Connection]:
    """A plain connection of the application, which commits nothing by itself."""
    with db.app() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def owner(db: Databases) -> Iterator[psycopg.Connection]:
    """A plain connection of the owner, which commits nothing by itself."""
    with db.owner() as connection:
        yield connection
        connection.rollback()


@pytest.fixture(autouse=True)
def no_database_by_accident(request: pytest.FixtureRequest) -> None:
    """A test that did not ask for a database has none: Django's connection points nowhere."""
    if "db" not in request.fixturenames:
        point("default", "host=/nonexistent dbname=tael")


def forget(but: Any = None) -> None:
    """Close what this process holds open in the test's database."""
    books.close_poster()
    forget_paces()
    for connection in connections.all(initialized_only=True):
        if connection is not but:
            connection.close()


def assert_books_balance(databases: Databases, proven: Proven) -> None:
    """Prove what the test left behind."""
    with databases.owner() as connection:
        violations = proven.violations(connection)
        connection.rollback()
        assert not violations, "\n".join(
            f"{found.subject}: {found.message}" for found in violations
        )
