"""Copying a whole database out and in by PostgreSQL's own pg_dump and pg_restore.

Both must be of the server's own version: an older one cannot read the catalogue, and a newer one
writes settings that an older server does not know. No password stands on a command line.

Source: reliability, T20, T22 and section 6; architecture, section 5 (`backup`, `restore`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tael.postgres.programs import find_programs
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Where packages of PostgreSQL put the programs of one version.
USUAL_PLACES: Final = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_SECRET: Final = ("password", "sslpassword")


class CopyProgramMissing(Refusal):
    """There is no pg_dump or pg_restore of the server's version on this machine."""

    code = "copy_program_missing"
    because: ClassVar[Because] = "absent"
    remedy = (
        "Install PostgreSQL's client programs of the server's version, or set TAEL_POSTGRES_BIN"
        " to the folder that holds them."
    )


class CopyFailed(Refusal):
    """pg_dump or pg_restore gave up; what it had written was taken back."""

    code = "database_copy_failed"
    because: ClassVar[Because] = "busy"
    remedy = "Do as the program's own words say, and try again."


def copy_program(name: str, major: int, environment: Mapping[str, str]) -> Path:
    """Find a program of exactly the server's version.

    Args:
        name: "pg_dump" or "pg_restore".
        major: the server's major version.
        environment: where TAEL_POSTGRES_BIN and PATH are looked up.

    Raises:
        CopyProgramMissing: there is none of this version.
    """
    others = []
    for folder in _folders(major, environment):
        program = folder / name
        if not os.access(program, os.X_OK):
            continue
        found = _major_of(program)
        if found == major:
            return program
        others.append(f"{program} ({found or 'unknown'})")
    raise CopyProgramMissing(
        f"The server is PostgreSQL {major}, and there is no {name} of that version here.",
        field="TAEL_POSTGRES_BIN",
        there=", ".join(others) or None,
        allowed=f"{name} {major}",
    )


def dump(dsn: str, into: Path, *, program: Path, snapshot: str) -> None:
    """Write the whole database to a file in pg_dump's compressed form.

    Args:
        dsn: of somebody who may read everything; the owner.
        into: the file; it is made readable by us alone.
        snapshot: what a transaction that is still open exported, so that its counts are the copy's.

    Raises:
        CopyFailed: it gave up.
    """
    os.close(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={into}"]
    _run(program, dsn, options)


def restore(dsn: str, source: Path, *, program: Path) -> None:
    """Write a dump into an empty database, in one transaction: all of it or nothing.

    Args:
        dsn: of the database's owner, to whom everything will belong.

    Raises:
        CopyFailed: it gave up; the database is as it was.
    """
    options = ["--no-owner", "--single-transaction", "--exit-on-error", str(source)]
    _run(program, dsn, options)


def _run(program: Path, dsn: str, options: list[str]) -> None:
    plain, secrets = _without_secrets(dsn)
    command = [str(program), "--no-password", f"--dbname={plain}", *options]
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(  # noqa: S603 - the server's own program
        command,
        env={**quiet, **secrets, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = "\n".join(f"    {line}" for line in done.stderr.strip().splitlines()[-6:])
        raise CopyFailed(f"{program.name} ended with {done.returncode}. It said:\n{said}")


def _without_secrets(dsn: str) -> tuple[str, dict[str, str]]:
    """Split a connection string: what may stand on a command line, and the password beside it."""
    facts: dict[str, Any] = dict(conninfo_to_dict(dsn))
    password = facts.get("password")
    plain = {name: value for name, value in facts.items() if name not in _SECRET}
    return make_conninfo("", **plain), {"PGPASSWORD": str(password)} if password else {}


def _folders(major: int, environment: Mapping[str, str]) -> Iterator[Path]:
    try:
        yield find_programs(environment).folder
    except Refusal:  # a server elsewhere needs no server programs here
        named = environment.get("TAEL_POSTGRES_BIN")
        if named:
            yield Path(named)
    for place in USUAL_PLACES:
        yield Path(place.format(major=major))
    on_path = shutil.which("pg_dump", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path).parent


def _major_of(program: Path) -> int | None:
    try:
        done = subprocess.run(  # noqa: S603 - a program the operator installed
            [program, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found else None
