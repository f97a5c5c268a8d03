"""`tael backup` and `tael restore`: a round trip that is compared, and files that are refused."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql

from builders import a_busy_wallet
from tael.assurance import doctor
from tael.assurance.backup import BackupDamaged, BackupTooNew, read_manifest
from tael.assurance.export import export_journal
from tael.cli import backup
from tael.postgres.connect import Databases
from tael.refusal import Refusal

NUMBERS = count(1)


@pytest.fixture
def empty(pg: Databases) -> Iterator[Databases]:
    """A database without a table."""
    name = f"restored_{next(NUMBERS)}"
    with psycopg.connect(pg.named("postgres").owner_dsn, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield pg.named(name)
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def file(db: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a database in which something of everything happened."""
    a_busy_wallet()
    path = tmp_path / "books.tael"
    done = run(monkeypatch, backup.backup, db, path)
    assert done.exit_code == 0, done.output
    return path


def run(monkeypatch, command, databases: Databases, path: Path) -> Result:
    monkeypatch.setattr(backup, "opened_database", lambda: nullcontext(databases))
    return CliRunner().invoke(command, [str(path)])


def refused(done: Result) -> Refusal:
    assert isinstance(done.exception, Refusal), done.output
    return done.exception


def journal(databases: Databases, form: str) -> str:
    out = io.StringIO()
    with databases.owner() as owner:
        export_journal(owner, form, out)
    return out.getvalue()


def proofs(databases: Databases) -> dict:
    with databases.owner() as owner:
        return doctor.examine(owner, server=False).as_dict()


def rights(databases: Databases) -> list:
    with databases.owner() as owner:
        return owner.execute(
            "SELECT table_schema, table_name, privilege_type FROM information_schema.table_privileges"
            " WHERE grantee = 'tael_app' ORDER BY 1, 2, 3"
        ).fetchall()


def test_what_comes_back_is_what_went_in(db, empty, file, monkeypatch):
    done = run(monkeypatch, backup.restore, empty, file)

    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].endswith("the books are right.")
    before = proofs(db)
    assert proofs(empty) == before
    assert before["ok"]
    for form in ("csv", "hledger", "beancount"):
        assert journal(empty, form) == journal(db, form)
    assert rights(empty) == rights(db) != []


def test_a_backup_is_of_one_moment_and_counts_what_is_in_it(db, file):
    manifest = read_manifest(file)

    with db.owner() as owner:
        entries = owner.execute("SELECT count(*) FROM ledger.entry").fetchone()
    assert (manifest["rows"]["ledger.entry"],) == entries
    with tarfile.open(file) as tar:  # as `tar -xf` reads it
        assert tar.getnames() == ["manifest.json", "database.dump"]
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_only_an_empty_database_is_filled(db, file, monkeypatch):
    before = journal(db, "csv")

    done = run(monkeypatch, backup.restore, db, file)

    assert refused(done).code == "database_not_empty"
    assert journal(db, "csv") == before


def test_every_flipped_byte_is_found(file):
    whole = file.read_bytes()
    for place in (0, 700, len(whole) // 3, len(whole) // 2, len(whole) - 3000, len(whole) - 2):
        broken = bytearray(whole)
        broken[place] ^= 1
        file.write_bytes(broken)

        with pytest.raises(BackupDamaged):
            read_manifest(file)


def test_a_damaged_file_is_refused_before_anything_is_written(empty, file, monkeypatch):
    whole = file.read_bytes()
    for broken in (b"", b"x", whole[:-1], whole[: len(whole) // 2], whole + b"\n", b"0" * 5000):
        file.write_bytes(broken)

        found = refused(run(monkeypatch, backup.restore, empty, file))

        assert found.code == "backup_damaged"
        assert str(file) in found.message
    with empty.owner() as owner:
        assert owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)


def test_a_file_of_another_form_is_refused(file, monkeypatch, empty):
    from tael.assurance import backup as form

    with tarfile.open(file) as tar:
        tar.extract("database.dump", file.parent, filter="data")
    manifest = {**read_manifest(file), "server": 99}
    with file.open("w+b") as out:
        form._pack(out, manifest, file.parent / "database.dump")
    assert refused(run(monkeypatch, backup.restore, empty, file)).code == BackupTooNew.code
    with file.open("w+b") as out:
        form._pack(out, {**manifest, "form": 2}, file.parent / "database.dump")
    assert refused(run(monkeypatch, backup.restore, empty, file)).code == BackupTooNew.code


def test_a_restore_that_differs_from_the_manifest_says_so(file, monkeypatch, empty):
    from tael.assurance import backup as form

    with tarfile.open(file) as tar:
        tar.extract("database.dump", file.parent, filter="data")
    manifest = read_manifest(file)
    manifest["rows"]["ledger.posting"] += 1
    with file.open("w+b") as out:
        form._pack(out, manifest, file.parent / "database.dump")

    assert refused(run(monkeypatch, backup.restore, empty, file)).code == "restore_differs"


def test_an_unwritable_place_is_said_in_a_sentence(db, tmp_path, monkeypatch):
    done = run(monkeypatch, backup.backup, db, tmp_path / "no" / "such" / "file")

    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_no_password_is_on_a_command_line_or_in_the_file(db, file, tmp_path, monkeypatch):
    lines: list[list[str]] = []
    real = subprocess.run

    def seen(command, *arguments, **options):
        lines.append([str(part) for part in command])
        return real(command, *arguments, **options)

    monkeypatch.setattr(subprocess, "run", seen)
    done = run(monkeypatch, backup.backup, db, tmp_path / "again.tael")
    assert done.exit_code == 0, done.output

    password = str(psycopg.conninfo.conninfo_to_dict(db.owner_dsn)["password"])
    assert any("pg_dump" in part for line in lines for part in line)
    assert not any(password in part for line in lines for part in line)
    assert password.encode() not in (tmp_path / "again.tael").read_bytes()
    assert password not in json.dumps(read_manifest(tmp_path / "again.tael"))
