"""The data folder: one version, one server, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tael.postgres.data_folder import (
    DataFolderInUse,
    DataFolderOtherVersion,
)
from tael.postgres.embedded import Server, running_address
from tael.postgres.home import FolderReadOnly, Home, NoSpaceLeft


def test_an_orphan_that_was_not_told_is_ended_by_the_next_start(made: Home) -> None:
    first = Server(made)
    orphan = first.start()
    made.leave()  # as if its parent had gone without the kernel telling it

    second = Server(Home(made.path))
    try:
        assert second.start().pid != orphan.pid
    finally:
        second.stop()
    assert first.wait(1)


def test_a_server_that_somebody_else_started_there_is_left_alone(made: Home) -> None:
    foreign = Server(made)
    foreign.start()
    made.leave()
    made.state.unlink()  # nothing says that it is ours

    try:
        with pytest.raises(DataFolderInUse, match=str(foreign.address.pid)):
            Server(Home(made.path)).start()
        assert foreign.running
    finally:
        foreign.stop()


def test_a_stale_process_number_that_another_program_has_now_does_not_keep_us_out(
    made: Home,
) -> None:
    lines = [
        str(os.getpid()),
        str(made.data),
        "1",
        "5432",
        str(made.path),
        "localhost",
        "0 0",
        "ready",
    ]
    (made.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert running_address(made) is None

    server = Server(made)
    server.start()
    server.stop()


def test_data_of_another_major_version_are_refused_and_not_touched(made: Home) -> None:
    (made.data / "PG_VERSION").write_text("13\n")

    with pytest.raises(DataFolderOtherVersion) as refused:
        Server(made).start()

    assert (refused.value.there, refused.value.allowed) == ("PostgreSQL 13", "PostgreSQL 18")
    assert (made.data / "PG_VERSION").read_text() == "13\n"
    free_again = Home(made.path)
    free_again.take()
    free_again.leave()


def test_a_data_folder_made_half_is_made_again(home: Home) -> None:
    (home.path / "postgres.new" / "base").mkdir(parents=True)

    server = Server(home, durable=False)
    server.start()
    server.stop()

    assert not (home.path / "postgres.new").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="a file system that is read-only needs Linux to make"
)
def test_a_folder_that_cannot_be_written_to_is_refused() -> None:
    with pytest.raises(FolderReadOnly, match="/proc/tael"):
        Server(Home(Path("/proc/tael"))).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_called_by_its_name_and_nothing_half_made_is_used(home: Home) -> None:
    home.path.mkdir()
    size = "size=12m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", home.path], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        with pytest.raises(NoSpaceLeft):
            Server(home, durable=False).start()
        assert not home.data.exists()
    finally:
        subprocess.run(["umount", home.path], check=True)
