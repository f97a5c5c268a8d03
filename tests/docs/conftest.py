"""One place for all of the documentation: an empty folder in which `tael run` serves the demo data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from docs import forked
from docs.forked import programs
from docs.printed import PATIENCE, Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The folder, and the ports of the site and of the sandbox."""
    folder = tmp_path_factory.mktemp("documentation")
    port, sandbox = free_ports(2)
    environment = {name: value for name, value in os.environ.items() if "TAEL" not in name}
    environment["TAEL_WEBHOOKS_TO_PRIVATE"] = "1"  # as the recipe about webhooks says
    command = [sys.executable, "-m", "tael", "run"]
    command += ["--port", str(port), "--sandbox-port", str(sandbox)]
    log = folder / "log"
    with log.open("wb") as out:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in log.read_text("utf-8"):
            assert child.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        one = Place(folder, port, sandbox)
        with _forking(one):
            yield one
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


@contextmanager
def _forking(place: Place) -> Iterator[None]:
    """What the pages start is found in the folder's `.venv`, and is forked."""
    address = place.folder / "forked"
    programs(place.folder / ".venv" / "bin", str(address))
    child = subprocess.Popen(
        [sys.executable, forked.__file__, str(address)], cwd=place.folder, env=place.environment()
    )
    try:
        while not address.exists():
            assert child.poll() is None, "it said why above"
            time.sleep(0.05)
        yield
    finally:
        child.kill()
        child.wait()


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        found = []
        for _ in range(count):
            free = held.enter_context(socket.socket())
            free.bind(("127.0.0.1", 0))
            found.append(free.getsockname()[1])
        return found
