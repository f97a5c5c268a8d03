"""`tael run`: everything on one machine with one command. `make run` calls it."""

from __future__ import annotations

import importlib
import os
import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

from tael.cli.children import Children
from tael.cli.database import close_django, start_django
from tael.cli.migrate import migrate_database
from tael.cli.sandbox import Sandbox, sandbox_beside, sandbox_options
from tael.cli.serve import Site, keep_one_secret_key, site_options
from tael.cli.worker import Worker
from tael.postgres.connect import find_databases
from tael.postgres.data_folder import ServerWillNotStart
from tael.postgres.embedded import Server
from tael.postgres.home import home_of

if TYPE_CHECKING:
    from tael.cli.children import Program
    from tael.postgres.connect import Databases

RESTARTS: Final = 5  # of a database server that ends by itself, before we stop too


@click.command("run")
@site_options
@sandbox_options
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Load demo data into an empty database.  [default: into the embedded one]",
)
def run(
    host: str,
    port: int,
    workers: int,
    threads: int,
    *,
    demo: bool | None,
    sandbox: bool | None,
    sandbox_port: int | None,
) -> None:
    """Start the database, bring it up to date, and serve. Ctrl-C stops all of it."""
    site = Site(host, port, workers, threads)
    site.check_free()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        signal.signal(number, signal.default_int_handler)
    with ExitStack() as everything:
        # what stops last is registered first; nothing may cut the stopping short
        everything.callback(lambda: [signal.signal(number, signal.SIG_DFL) for number in signals])
        try:
            server = _start_server(everything)
            databases = find_databases(os.environ)
            assert databases is not None, "a started server can be found"
            keys = _prepare(databases, demo=server is not None if demo is None else demo)
            gateway = sandbox_beside(
                site, wanted=sandbox, port=sandbox_port, usual=server is not None
            )
            children = Children()
            everything.callback(children.stop)
            programs: list[Program] = [site, Worker(), *([gateway] if gateway else [])]
            for program in programs:
                children.start(program)
            _say(site, databases, keys, gateway)
            _watch(children, server)
        except KeyboardInterrupt:
            click.echo("Stopping.")
        finally:
            for number in signals:
                signal.signal(number, signal.SIG_IGN)


def _start_server(everything: ExitStack) -> Server | None:
    """Start the embedded server, unless the operator has one."""
    keep_one_secret_key()
    if os.environ.get("TAEL_DATABASE_URL"):
        return None
    home = home_of(os.environ)
    os.environ["TAEL_HOME"] = str(home.path)
    server = Server(home)
    everything.callback(server.stop)
    server.start()
    return server


def _prepare(databases: Databases, *, demo: bool) -> dict[str, str]:
    """Bring the database up to date and load the demo data if there is nothing in it. Give its keys."""
    start_django()
    try:
        migrate_database(databases)
        return _load_demo(databases) if demo else {}
    finally:
        close_django()


def _load_demo(databases: Databases) -> dict[str, str]:
    """Load the demo data once; the first run and each later one print the same keys."""
    keys: dict[str, str] = importlib.import_module("tael.cli.demo").load_once(databases)
    return keys


def _say(site: Site, databases: Databases, keys: dict[str, str], gateway: Sandbox | None) -> None:
    click.echo(f"Tael runs at     {site.address}/")
    click.echo(f"API and its docs {site.address}/api/v1/docs")
    click.echo(f"Database         {databases!r}")
    if gateway:
        click.echo(f"Sandbox gateway  {gateway.address}/control")
    for name, key in keys.items():
        click.echo(f"{name:<16} {key}")
    click.echo("Ctrl-C stops it. The data stay.")


def _watch(children: Children, server: Server | None) -> None:
    """Wait until we are told to stop. What ends by itself is started again.

    Raises:
        ProgramWillNotStay: one of the programs does not stay up.
        ServerWillNotStart: the database server does not stay up.
    """
    restarts = 0
    while True:
        time.sleep(0.5)
        if server is not None and not server.running:
            restarts += 1
            click.echo("The database server has ended; starting it again.", err=True)
            server.stop()
            if restarts > RESTARTS:
                raise ServerWillNotStart(f"The database server ended {restarts} times.")
            server.start()
        children.look_after()
