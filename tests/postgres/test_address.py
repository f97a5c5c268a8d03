"""Where a server can be reached: short, closed, and the same each time."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from tael.postgres.address import (
    LONGEST_SOCKET_PATH,
    Address,
    free_port,
    read_address,
    socket_folder,
)


def test_an_address_is_read_as_it_was_written(tmp_path: Path) -> None:
    address = Address(sockets="/run/somewhere", port=5433, pid=77)
    address.write(tmp_path / "server.json")

    assert read_address(tmp_path / "server.json") == address
    assert [path.name for path in tmp_path.iterdir()] == ["server.json"]


@pytest.mark.parametrize("text", ["", "{", "{}", '{"port": 1}', "[]"])
def test_a_broken_address_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "server.json").write_text(text)

    assert read_address(tmp_path / "server.json") is None
    assert read_address(tmp_path / "absent.json") is None


def test_a_wished_port_is_given_when_it_is_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert free_port(number) != number
    assert free_port(number) == number


def test_the_folder_of_the_socket_is_the_same_each_time_short_and_closed(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 200)
    folder = socket_folder(deep, os.geteuid())
    try:
        assert socket_folder(deep, os.geteuid()) == folder
        assert len(str(folder / ".s.PGSQL.65535.lock")) <= LONGEST_SOCKET_PATH
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()


def test_a_folder_that_others_can_enter_is_not_trusted(tmp_path: Path) -> None:
    folder = socket_folder(tmp_path, os.geteuid())
    folder.chmod(0o777)
    try:
        other = socket_folder(tmp_path, os.geteuid())
        assert other != folder
        other.rmdir()
    finally:
        folder.rmdir()


def test_a_link_in_its_place_is_not_trusted(tmp_path: Path) -> None:
    folder = socket_folder(tmp_path, os.geteuid())
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        other = socket_folder(tmp_path, os.geteuid())
        assert other != folder
        other.rmdir()
    finally:
        folder.unlink()


def test_a_temporary_folder_too_deep_for_a_socket_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("b" * 120)))
    folder = socket_folder(tmp_path, os.geteuid())

    assert folder.parent == Path("/tmp")
    folder.rmdir()
