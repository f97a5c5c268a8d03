"""The folder of the embedded server's data: made once, of one major version, used by one server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from tael.postgres.home import FolderReadOnly, NoSpaceLeft, refused_folder
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from tael.postgres.programs import Programs

OWNER: Final = "tael"
PATIENCE_WITH_ORPHANS: Final = 60.0  # seconds: a fast shutdown writes a checkpoint
GRACE_FOR_ORPHANS: Final = 2.0  # seconds it may take to notice that its parent is gone


class ServerWillNotStart(Refusal):
    """The embedded PostgreSQL server did not start."""

    code = "server_will_not_start"
    because: ClassVar[Because] = "conflict"
    remedy = "Read the lines above, and the whole of postgres.log in Tael's folder."
    retry = True


class DataFolderOtherVersion(Refusal):
    """The data were written by another major version of PostgreSQL."""

    code = "data_folder_other_version"
    because: ClassVar[Because] = "conflict"
    remedy = (
        "Set TAEL_POSTGRES_BIN to the programs of that version and export or dump the data, or set"
        " TAEL_HOME to another folder. The data were not touched."
    )


class DataFolderInUse(Refusal):
    """A PostgreSQL server that Tael did not start works in the data folder."""

    code = "data_folder_in_use"
    because: ClassVar[Because] = "conflict"
    remedy = "Stop that server first."
    retry = True


def make_cluster(programs: Programs, data: Path, *, password: str, durable: bool = True) -> None:
    """Make the data folder, whole or not at all. The superuser is `tael`; every login needs a password.

    Raises:
        ServerWillNotStart, FolderReadOnly, NoSpaceLeft: it could not be made.
    """
    fresh = data.with_name(f"{data.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)  # left by an attempt that was cut off
        fresh.mkdir(mode=0o700)
        if programs.runs_as is not None:
            os.chown(fresh, programs.runs_as, -1)
        with tempfile.NamedTemporaryFile("w", prefix="tael-", suffix=".pw") as file:
            file.write(f"{password}\n")
            file.flush()
            if programs.runs_as is not None:
                os.chown(file.name, programs.runs_as, -1)
            _initdb(programs, fresh, file.name, durable=durable)
        fresh.rename(data)
    except OSError as failure:
        raise refused_folder(data, failure) from failure


def _initdb(programs: Programs, folder: Path, password_file: str, *, durable: bool) -> None:
    locale = (
        ["--locale=C.UTF-8"]
        if programs.major < 17
        else ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    )  # fmt: skip - one option beside the other
    command = programs.command(
        "initdb",
        f"--pgdata={folder}",
        f"--username={OWNER}",
        f"--pwfile={password_file}",
        "--encoding=UTF8",
        "--auth=scram-sha-256",
        "--data-checksums",
        *locale,
        *([] if durable else ["--no-sync"]),
    )
    done = subprocess.run(  # noqa: S603 - our own server's program
        command, capture_output=True, text=True, check=False, env=server_environment(), cwd="/"
    )
    if done.returncode:
        raise refused_start(folder, f"{done.stdout}\n{done.stderr}")


def check_version(programs: Programs, data: Path) -> None:
    """Refuse data of another major version.

    Raises:
        DataFolderOtherVersion: they are.
        FolderReadOnly: they belong to somebody else.
    """
    try:
        there = (data / "PG_VERSION").read_text("ascii").strip()
        writable = os.access(data, os.R_OK | os.W_OK | os.X_OK)
    except PermissionError as failure:
        raise refused_folder(data, failure) from failure
    if not writable:
        raise FolderReadOnly(f"{data} cannot be written to.", field="TAEL_HOME")
    if there != str(programs.major):
        raise DataFolderOtherVersion(
            f"The data in {data} are of PostgreSQL {there}; the programs at hand are {programs.major}.",
            field="TAEL_HOME",
            there=f"PostgreSQL {there}",
            allowed=f"PostgreSQL {programs.major}",
        )


def wait_for_orphans(data: Path, *, ours: int | None) -> None:
    """Wait until no server works in the folder, and clear what a killed one left.

    After a kill of its parent the old server is still shutting down when the next one starts.

    Args:
        data: the folder.
        ours: the process number of the server that was started last by us; one that does not end by
            itself is told to.

    Raises:
        DataFolderInUse: a server that we did not start works there.
        ServerWillNotStart: our old server does not end.
    """
    began = time.monotonic()
    told = False
    while living := servers_in(data):
        waited = time.monotonic() - began
        if ours not in living and _postmaster(data) in living and waited > GRACE_FOR_ORPHANS:
            raise DataFolderInUse(
                f"A PostgreSQL server works in {data} (process {_postmaster(data)}).",
                there=f"process {_postmaster(data)}",
            )
        if waited > GRACE_FOR_ORPHANS and ours in living and not told:
            os.kill(ours, signal.SIGINT)
            told = True
        if waited > PATIENCE_WITH_ORPHANS:
            raise ServerWillNotStart(
                f"The old server still works in {data} (processes {sorted(living)})."
            )
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def servers_in(data: Path) -> set[int]:
    """Find the processes that work in the data folder: a server and its children stand in it.

    The number in postmaster.pid alone proves nothing: after a crash another program may have it, and
    in a container it often has.
    """
    if sys.platform == "linux":
        there = data.resolve()
        return {
            int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _stands_in(entry, there)
        }
    pid = _postmaster(data)
    return {pid} if pid is not None and "postgres" in _command_of(pid) else set()


def _stands_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder and (
            (process / "comm").read_text().strip() == "postgres"
        )
    except OSError:
        return False


def _command_of(pid: int) -> str:
    done = subprocess.run(  # noqa: S603 - a number of ours
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def _postmaster(data: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text().split("\n")[0])
    return None


def is_ready(data: Path, pid: int) -> bool:
    """Tell whether this very server takes connections: line 8 of postmaster.pid."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def server_environment() -> dict[str, str]:
    """Give the server's environment: nothing of ours that would change what it does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def refused_start(data: Path, said: str) -> Refusal:
    """Give the refusal for what a server said before it ended."""
    last = "\n".join(f"    {line}" for line in said.strip().splitlines()[-8:])
    if "No space left on device" in said:
        return NoSpaceLeft(
            f"There is no space left for {data}. The server said:\n{last}", field="TAEL_HOME"
        )
    if "Read-only file system" in said or "Permission denied" in said:
        return FolderReadOnly(
            f"The server may not write to {data}. It said:\n{last}", field="TAEL_HOME"
        )
    return ServerWillNotStart(f"The server for {data} did not start. It said:\n{last}")
