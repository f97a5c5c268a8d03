"""`tael run`: everything on one machine with one command. `make run` calls it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

from tael.cli.database import close_django, start_django
from tael.cli.migrate import migrate_database
from tael.cli.serve import Site, SiteWillNotStart, keep_one_secret_key, site_options, stop
from tael.postgres.connect import find_databases
from tael.postgres.data_folder import ServerWillNotStart
from tael.postgres.embedded import Server
from tael.postgres.home import home_of

if TYPE_CHECKING:
    from tael.postgres.child import Child
    from tael.postgres.connect import Databases

RESTARTS: Final = 5  # of a database server that ends by itself, before we stop too


@click.command("run")
@site_options
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Load demo data into an empty database.  [default: into the embedded one]",
)
def run(host: str, port: int, workers: int, threads: int, *, demo: bool | None) -> None:
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
            child = site.start()
            everything.callback(stop, child)
            site.wait_until_up(child)
            _say(site, databases, keys)
            _watch(child, server)
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
    """Load the demo data once; its keys are kept beside the data, for the next run to print."""
    kept = home_of(os.environ).path / "demo.json"
    with databases.owner() as owner:
        filled = owner.execute("SELECT EXISTS (SELECT FROM ledger.entry)").fetchone()
    if filled and filled[0]:
        return dict(json.loads(kept.read_text("utf-8"))) if kept.exists() else {}
    if importlib.util.find_spec("tael.cli.demo") is None:
        return {}
    keys: dict[str, str] = importlib.import_module("tael.cli.demo").load()
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file, ensure_ascii=False, indent=1)
    return keys


def _say(site: Site, databases: Databases, keys: dict[str, str]) -> None:
    click.echo(f"Tael runs at     {site.address}/")
    click.echo(f"API and its docs {site.address}/api/v1/docs")
    click.echo(f"Database         {databases!r}")
    for name, key in keys.items():
        click.echo(f"{name:<16} {key}")
    click.echo("Ctrl-C stops it. The data stay.")


def _watch(child: Child, server: Server | None) -> None:
    """Wait until we are told to stop. A database server that ended by itself is started again.

    Raises:
        SiteWillNotStart: the web server ended.
        ServerWillNotStart: the database server does not stay up.
    """
    restarts = 0
    while not child.wait(0.5):
        if server is not None and not server.running:
            restarts += 1
            click.echo("The database server has ended; starting it again.", err=True)
            server.stop()
            if restarts > RESTARTS:
                raise ServerWillNotStart(f"The database server ended {restarts} times.")
            server.start()
    raise SiteWillNotStart(f"The web server ended with {child.exit_code}.")
