"""`tael serve`: answer requests, with the database that is there."""

from __future__ import annotations

import errno
import http.client
import importlib.util
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import click

from tael.cli.children import stop
from tael.cli.no_books import check_books
from tael.postgres.child import Child
from tael.postgres.connect import NoDatabase, find_databases
from tael.postgres.home import home_of
from tael.refusal import Because, Refusal
from tael.web.arrival import WAITING_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_AT_START: Final = 60.0  # seconds
ALIVE: Final = "/healthz"


class PortInUse(Refusal):
    """Another program listens on the port."""

    code = "port_in_use"
    because: ClassVar[Because] = "conflict"
    remedy = (
        "Stop that program, or choose another port: `make run PORT=8001`, `tael run --port 8001`."
    )
    retry = True


class AddressNotAvailable(Refusal):
    """This machine cannot listen at the address."""

    code = "address_not_available"
    remedy = "Choose a host of this machine and a port from 1024 up."


class SiteWillNotStart(Refusal):
    """The web server ended before it answered."""

    code = "site_will_not_start"
    because: ClassVar[Because] = "conflict"
    remedy = "Read what it said above."
    retry = True


@dataclass(frozen=True, slots=True)
class Site:
    """Where and with how many hands to serve."""

    host: str
    port: int
    workers: int  # processes
    threads: int  # in each process

    @property
    def name(self) -> str:
        """Give what people call it."""
        return "web server"

    @property
    def address(self) -> str:
        """Give the address to put into a browser."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def check_free(self) -> None:
        """Refuse a port that somebody has; two servers on one port would share its requests unseen.

        Raises:
            PortInUse, AddressNotAvailable: as they say.
        """
        try:
            family, kind, *_, place = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                raise PortInUse(
                    f"Port {self.port} of {self.host} is in use.",
                    field="port",
                    there=str(self.port),
                ) from None
            raise AddressNotAvailable(
                f"Tael cannot listen at {self.host}:{self.port}: {failure.strerror}.", field="host"
            ) from None

    def start(self) -> Child:
        """Start the web server. It ends when this process does."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tael.web.settings",
            "TAEL_HOME": str(home_of(os.environ).path),
            "TAEL_THREADS": str(self.threads),
        }
        return Child(self._command(), dies_by=signal.SIGTERM, environment=environment)

    def _command(self) -> list[str]:
        options = {
            "--interface": "wsgi",
            "--host": self.host,
            "--port": str(self.port),
            "--workers": str(self.workers),
            "--blocking-threads": str(self.threads + WAITING_MAX),  # of which so many work
            "--http": "1",
            "--log-level": "error",  # it warns of so many threads, which are meant
            "--workers-kill-timeout": "10",
            "--static-path-expires": "31536000",  # a year: an address carries its content's version
        }
        named = [part for option in options.items() for part in option]
        program = [sys.executable, "-m", "granian", "--no-ws", "--respawn-failed-workers"]
        return [*program, *named, *_static_files(), "tael.web.wsgi:application"]

    def wait_until_up(self, child: Child) -> None:
        """Wait until the site answers.

        Raises:
            SiteWillNotStart: it ended instead, or does not answer.
        """
        deadline = time.monotonic() + PATIENCE_AT_START
        while not self._answers():
            if child.wait(0.05):
                raise SiteWillNotStart(f"The {self.name} ended with {child.exit_code}.")
            if time.monotonic() > deadline:
                raise SiteWillNotStart(
                    f"The {self.name} does not answer after {PATIENCE_AT_START:.0f} s."
                )

    def _answers(self) -> bool:
        request = http.client.HTTPConnection(
            self.address.removeprefix("http://").rpartition(":")[0].strip("[]"),
            self.port,
            timeout=5,
        )
        try:
            request.request("GET", ALIVE, headers={"Host": "localhost"})
            return request.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            request.close()


def _static_files() -> list[str]:
    """Name the folders that the web server hands out itself: ours, and the API documentation's."""
    mounts: list[str] = []
    for route, package, folder in (
        ("/static/ninja", "ninja", "static/ninja"),
        ("/static", "tael.web", "static"),
    ):
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            continue
        path = Path(found.origin).parent / folder
        if path.is_dir():
            mounts += ["--static-path-route", route, "--static-path-mount", str(path)]
    return mounts


def site_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a site."""
    # half of the cores: the database works as much as we do, and fewer processes share more commits
    hands = max(1, min(4, (os.cpu_count() or 1) // 2))
    for option in (
        click.option(
            "--threads",
            type=click.IntRange(1, 64),
            default=16,  # so many requests can share one commit
            envvar="TAEL_THREADS",
            show_default=True,
            help="Threads in each process.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(1, 64),
            default=hands,
            envvar="TAEL_WORKERS",
            show_default=True,
            help="Processes.",
        ),
        click.option(
            "--port",
            type=click.IntRange(1, 65535),
            default=8000,
            envvar="TAEL_PORT",
            show_default=True,
        ),
        click.option("--host", default="127.0.0.1", envvar="TAEL_HOST", show_default=True),
    ):
        command = option(command)
    return command


@click.command("serve")
@site_options
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the API and the pages. The database must be there and up to date."""
    site = Site(host, port, workers, threads)
    databases = find_databases(os.environ)
    if databases is None:
        raise NoDatabase(
            f"There is no database for {home_of(os.environ).path}.", field="TAEL_DATABASE_URL"
        )
    check_books(databases)
    site.check_free()
    keep_one_secret_key()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    child = site.start()
    try:
        site.wait_until_up(child)
        click.echo(f"Tael answers at {site.address}")
        child.wait()
    except KeyboardInterrupt:
        return
    finally:
        stop(child)
    raise SiteWillNotStart(f"The web server ended with {child.exit_code}.")


def keep_one_secret_key() -> None:
    """Make the key that all processes of this installation sign with, unless the operator gave one."""
    if not os.environ.get("TAEL_SECRET_KEY"):
        home_of(os.environ).secret("django")
