"""The server's programs: where they are, and as whom they run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tael.cli.migrate import migrate_database
from tael.postgres.connect import embedded_databases
from tael.postgres.embedded import Server
from tael.postgres.home import Home
from tael.postgres.programs import ProgramsMissing, find_programs


def test_missing_programs_are_named(home: Home) -> None:
    with pytest.raises(ProgramsMissing, match="/nowhere"):
        Server(home, environment={"TAEL_POSTGRES_BIN": "/nowhere"}).start()
    assert not home.path.exists()


def test_the_programs_of_the_package_are_found() -> None:
    assert find_programs({}).major == 18


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
class TestAsAnOrdinaryUser:
    """The same, as `nobody`."""

    def run(self, home: Path, code: str) -> subprocess.CompletedProcess[str]:
        nobody = pwd.getpwnam("nobody")
        program = (
            "import os, sys\n"  # imported as root, run as nobody: our Python may lie where only root can read
            "import ctypes, pathlib, psycopg, tael.postgres.embedded as embedded, tael.postgres.home as home\n"
            f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})\n"
            f"home = home.Home(pathlib.Path({str(home)!r}))\n" + code
        )
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def test_it_works(self, home: Home, programs: Path) -> None:
        home.path.parent.chmod(0o755)
        home.path.mkdir()
        shutil.chown(home.path, "nobody")

        done = self.run(
            home.path,
            f"server = embedded.Server(home, environment={{'TAEL_POSTGRES_BIN': {str(programs)!r}}}, durable=False)\n"
            "server.start()\n"
            "with psycopg.connect(server.conninfo()) as connection:\n"
            "    print(connection.execute('SELECT 41 + 1').fetchone()[0], os.geteuid())\n"
            "server.stop()\n",
        )

        assert done.stdout.split() == ["42", str(pwd.getpwnam("nobody").pw_uid)], done.stderr

    def test_a_folder_of_somebody_else_is_refused(self, made: Home, programs: Path) -> None:
        made.path.parent.chmod(0o755)
        made.path.chmod(0o755)

        done = self.run(
            made.path,
            "from tael.refusal import Refusal\n"
            f"server = embedded.Server(home, environment={{'TAEL_POSTGRES_BIN': {str(programs)!r}}})\n"
            "try:\n"
            "    server.start()\n"
            "except Refusal as refusal:\n"
            "    print(refusal.code)\n",
        )

        assert done.stdout.split() == ["data_folder_read_only"], done.stderr


@pytest.mark.parametrize("folder", sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin")) or [None])
def test_the_systems_own_server_carries_the_books_too(home: Home, folder: Path | None) -> None:
    if folder is None or not (folder / "postgres").exists():
        pytest.skip("this machine has no PostgreSQL of its own")
    server = Server(home, environment={"TAEL_POSTGRES_BIN": str(folder)}, durable=False)
    server.start()
    try:
        databases = embedded_databases(home, server.address)
        migrate_database(databases)
        with databases.app() as connection:
            row = connection.execute("SELECT current_user, count(*) FROM ledger.entry").fetchone()
        assert row == ("tael_app", 0)
    finally:
        server.stop()
