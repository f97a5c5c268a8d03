"""pg_dump and pg_restore are those of the server's version, and what they say is passed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tael.postgres.dump import CopyFailed, CopyProgramMissing, copy_program, restore
from tael.postgres.programs import find_programs


def a_program(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n', "utf-8")
    path.chmod(0o755)
    return path


def test_the_program_of_the_server_version_is_found_and_no_other(tmp_path):
    old = a_program(tmp_path / "old", "pg_dump", "12.3")
    surroundings = {"TAEL_POSTGRES_BIN": str(old.parent), "PATH": ""}

    assert copy_program("pg_dump", 12, surroundings) == old
    with pytest.raises(CopyProgramMissing) as refused:
        copy_program("pg_dump", 13, surroundings)
    assert refused.value.there == f"{old} (12)"


def test_those_of_the_embedded_server_are_found():
    programs = find_programs({})

    for name in ("pg_dump", "pg_restore"):
        assert copy_program(name, programs.major, {}).parent == programs.folder


def test_a_program_that_fails_says_why(tmp_path, pg):
    programs = find_programs({})
    broken = tmp_path / "broken.dump"
    broken.write_bytes(b"PGDMP and no more")

    with pytest.raises(CopyFailed, match="pg_restore ended with 1"):
        restore(pg.owner_dsn, broken, program=copy_program("pg_restore", programs.major, {}))
    assert broken.exists()
