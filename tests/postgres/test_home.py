"""Tael's folder: for our eyes, for one of us at a time."""

from __future__ import annotations

import errno
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tael.postgres.home import (
    AlreadyRunning,
    FolderReadOnly,
    Home,
    NoSpaceLeft,
    home_of,
    refused_folder,
)


def test_the_folder_is_named_by_the_environment_or_lies_in_the_working_folder(
    tmp_path: Path,
) -> None:
    assert home_of({"TAEL_HOME": str(tmp_path)}).path == tmp_path
    assert home_of({}).path == Path.cwd() / ".tael"


def test_nothing_is_written_before_it_is_needed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    assert not home.has_secret("owner")
    assert not home.path.exists()


def test_a_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    secret = home.secret("owner")

    assert len(secret) >= 48
    assert Home(tmp_path / "home").secret("owner") == secret
    assert home.secret("app") != secret
    assert (home.path / "owner.secret").stat().st_mode & 0o777 == 0o600
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_eight_first_starts_at_once_see_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: Home(tmp_path / "home").secret("owner"), range(8)))

    assert len(secrets) == 1
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["owner.secret"]


def test_one_at_a_time_has_the_folder(tmp_path: Path) -> None:
    first, second = Home(tmp_path), Home(tmp_path)
    first.take()
    with pytest.raises(AlreadyRunning):
        second.take()

    first.leave()
    second.take()
    second.leave()


def test_the_folder_is_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from tael.postgres.home import Home\n"
        "Home(pathlib.Path(sys.argv[1])).take()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

    home = Home(tmp_path)
    home.take()
    home.leave()


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(FolderReadOnly):
        Home(tmp_path / "home").take()


def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    refusal = refused_folder(tmp_path, OSError(errno.ENOSPC, "No space left on device"))

    assert isinstance(refusal, NoSpaceLeft)
    assert refusal.retry
