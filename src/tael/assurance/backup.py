"""A backup (備份): the whole database in one file that proves itself, and its return into an empty one.

The file is a tar of two members, `manifest.json` and `database.dump` (pg_dump's own form), with a last
line after it: the SHA-256 of every byte before. `tar -xf` opens it where Tael is not at hand.

The manifest's counts and balances and the dump are of one snapshot, taken while money moves. A return
is compared with the manifest and then examined as `tael doctor` does it.

Source: architecture, section 5 (`backup`, `restore`); reliability, T20 and T22.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from psycopg import Cursor, IsolationLevel, sql

from tael import __version__, ledger
from tael.postgres.connect import APP
from tael.postgres.dump import copy_program, dump, restore
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from io import BufferedRandom
    from typing import BinaryIO

    from psycopg import Connection

    from tael.postgres.connect import Databases

FORM: Final = 1
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
SEAL: Final = b"sha256:"
SEAL_BYTES: Final = len(SEAL) + 64 + 1
MANIFEST_MAX: Final = 10_000_000  # bytes

_TABLES: Final = """
    SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2
"""
_ACCOUNTS: Final = """
    SELECT a.code || ' ' || a.currency || ' ' || a.balance || ' ' || a.version FROM {book}.account AS a
    ORDER BY a.id
"""


class BackupDamaged(Refusal):
    """The file is no backup, is cut off, or a byte of it is not what was written."""

    code = "backup_damaged"
    because: ClassVar[Because] = "conflict"
    remedy = "Take another copy of the file, or an older backup. Nothing was restored."


class BackupTooNew(Refusal):
    """The backup was made by a newer Tael or a newer PostgreSQL than those at hand."""

    code = "backup_too_new"
    because: ClassVar[Because] = "conflict"
    remedy = "Restore it with the versions that it names, or newer ones. Nothing was restored."


class DatabaseNotEmpty(Refusal):
    """The database already holds something, and only an empty one is filled."""

    code = "database_not_empty"
    because: ClassVar[Because] = "conflict"
    remedy = (
        "Name an empty database by TAEL_DATABASE_URL, or a new folder by TAEL_HOME; what is there"
        " is never overwritten."
    )


class RestoreDiffers(Refusal):
    """What stands in the database after a restore is not what the manifest counted."""

    code = "restore_differs"
    because: ClassVar[Because] = "conflict"
    remedy = "Do not use this database. Drop it and restore another backup."


def write_backup(
    databases: Databases, file: Path, *, at: datetime, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Write a backup and give its manifest. The file gets its name when it is complete, and not before.

    Args:
        at: the moment that the manifest names.
        environment: where the programs are looked up.

    Raises:
        CopyProgramMissing, CopyFailed: as they say.
        OSError: the file cannot be written.

    Source: reliability, T20.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".tael-backup-") as folder:
            dumped = Path(folder) / DUMP
            manifest = _dumped(databases, dumped, at, environment)
            with os.fdopen(
                os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b"
            ) as out:
                _pack(out, manifest, dumped)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def read_manifest(file: Path) -> dict[str, Any]:
    """Prove a backup's bytes and give its manifest.

    Raises:
        BackupDamaged, BackupTooNew: as they say.
        OSError: the file cannot be read.

    Source: reliability, T20 (a flipped byte is refused).
    """
    with file.open("rb") as source:
        _prove_seal(source, file)
        try:
            with tarfile.open(fileobj=source, mode="r:") as tar:
                manifest = _manifest_in(tar)
        except (tarfile.TarError, ValueError, KeyError) as failure:
            raise _damaged(file, f"its contents cannot be read ({failure})") from failure
    if manifest.get("form") != FORM:
        raise BackupTooNew(
            f"{file} is a backup of form {manifest.get('form')}.", allowed=f"form {FORM}"
        )
    return manifest


def restore_backup(
    databases: Databases, file: Path, *, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Fill an empty database from a backup, compare all counts and balances, and give the manifest.

    The roles must be there (`ensure_roles`): the dump's rights are given to them.

    Raises:
        BackupDamaged, BackupTooNew, DatabaseNotEmpty, CopyProgramMissing, CopyFailed: nothing was restored.
        RestoreDiffers: what came out is not what went in.

    Source: reliability, T20.
    """
    manifest = read_manifest(file)
    with databases.owner() as owner:
        refuse_filled(owner)
        there = owner.info.server_version // 10_000
    if int(manifest["server"]) > there:
        raise BackupTooNew(
            f"{file} was made on PostgreSQL {manifest['server']}; the server is PostgreSQL {there}.",
            there=f"PostgreSQL {there}",
            allowed=f"PostgreSQL {manifest['server']} or newer",
        )
    program = copy_program("pg_restore", there, environment)
    with _unpacked(file) as dumped:
        restore(databases.owner_dsn, dumped, program=program)
    with databases.owner() as owner:
        found = _counted(owner)
    wrong = [name for name in found if found[name] != manifest[name]]
    if wrong:
        raise RestoreDiffers(
            f"The restored database differs from the backup in: {', '.join(wrong)}."
        )
    return manifest


def refuse_filled(owner: Connection) -> None:
    """Refuse a database in which there is any table.

    Raises:
        DatabaseNotEmpty: there is.

    Source: reliability, T20.
    """
    tables = Cursor(owner).execute(_TABLES).fetchall()
    if tables:
        raise DatabaseNotEmpty(
            f"The database {owner.info.dbname} holds {len(tables)} tables already.",
            there=f"{len(tables)} tables",
            allowed="an empty database",
        )


def _dumped(
    databases: Databases, dumped: Path, at: datetime, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Count and dump under one snapshot."""
    with databases.owner() as owner:
        owner.isolation_level = IsolationLevel.REPEATABLE_READ
        owner.read_only = True
        (snapshot,) = Cursor(owner).execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        major = owner.info.server_version // 10_000
        counted = _counted(owner)
        program = copy_program("pg_dump", major, environment)
        dump(databases.owner_dsn, dumped, program=program, snapshot=snapshot)
        owner.rollback()
    with dumped.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "form": FORM,
        "tael": __version__,
        "made_at": at.isoformat(timespec="seconds"),
        "server": major,
        "role": APP,
        **counted,
        "dump": {"bytes": dumped.stat().st_size, "sha256": digest},
    }


def _counted(owner: Connection) -> dict[str, Any]:
    """Give what a restored database must have as well: rows by table, and the state of every account."""
    cursor = Cursor(owner)
    rows = {}
    for schema, table in cursor.execute(_TABLES).fetchall():
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        rows[f"{schema}.{table}"] = (cursor.execute(count).fetchone() or (0,))[0]
    return {"rows": rows, "balances": {book.name: _balances(owner, book) for book in _books(owner)}}


def _books(owner: Connection) -> list[ledger.Book]:
    there = Cursor(owner).execute("SELECT to_regnamespace('ledger') IS NOT NULL").fetchone()
    return ledger.books(owner) if there == (True,) else []


def _balances(owner: Connection, book: ledger.Book) -> str:
    """Give a digest of every account with its balance and its number of lines."""
    digest = hashlib.sha256()
    for (line,) in Cursor(owner).stream(book.sql(_ACCOUNTS)):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def _pack(out: BufferedRandom, manifest: dict[str, Any], dumped: Path) -> None:
    """Write the tar and seal it."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(_member(MANIFEST, len(text)), BytesIO(text))
        with dumped.open("rb") as source:
            tar.addfile(_member(DUMP, dumped.stat().st_size), source)
    out.seek(0)
    digest = hashlib.file_digest(out, "sha256").hexdigest()
    out.seek(0, os.SEEK_END)
    out.write(SEAL + digest.encode() + b"\n")
    out.flush()
    os.fsync(out.fileno())


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _prove_seal(source: BinaryIO, file: Path) -> None:
    """Compare the file's last line with what is before it, and leave the file at its beginning."""
    body = source.seek(0, os.SEEK_END) - SEAL_BYTES
    if body <= 0:
        raise _damaged(file, "it is too short to be one")
    source.seek(body)
    seal = source.read()
    if not seal.startswith(SEAL):
        raise _damaged(file, "its last line is missing; it was cut off, or is no backup of Tael's")
    source.seek(0)
    digest = hashlib.sha256()
    while body > 0 and (piece := source.read(min(body, 1 << 20))):
        digest.update(piece)
        body -= len(piece)
    if seal != SEAL + digest.hexdigest().encode() + b"\n":
        raise _damaged(file, "its bytes are not those that were written")
    source.seek(0)


def _manifest_in(tar: tarfile.TarFile) -> dict[str, Any]:
    member = tar.next()
    if member is None or member.name != MANIFEST or member.size > MANIFEST_MAX:
        message = "the manifest is not its first part"
        raise ValueError(message)
    content = tar.extractfile(member)
    manifest = json.loads(content.read()) if content else None
    if not isinstance(manifest, dict):
        message = "the manifest is no object"
        raise ValueError(message)  # noqa: TRY004 - the caller's one sort of unreadable
    return manifest


@contextmanager
def _unpacked(file: Path) -> Iterator[Path]:
    """Give the dump as a file of its own, beside the backup, for the time of the work."""
    with (
        tempfile.TemporaryDirectory(prefix="tael-restore-") as folder,
        tarfile.open(file, mode="r:") as tar,
    ):
        tar.extract(DUMP, folder, filter="data")
        yield Path(folder) / DUMP


def _damaged(file: Path, what: str) -> BackupDamaged:
    return BackupDamaged(f"{file} cannot be used: {what}.")
