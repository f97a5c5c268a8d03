"""`tael backup` and `tael restore`: the whole database in one file, and back into an empty one."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from psycopg.conninfo import conninfo_to_dict

from tael.assurance.backup import read_manifest, restore_backup, write_backup
from tael.assurance.doctor import examine
from tael.cli.database import opened_database
from tael.cli.no_books import check_books
from tael.postgres.roles import ensure_roles

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

WRONG: Final = 1
FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=FILE)
def backup(*, file: Path) -> None:
    """Write the whole database to FILE while money moves. A file that is there is replaced at the end.

    The file holds everything that Tael keeps, readable by whoever has it: keep it as you keep the
    database. TAEL_SECRET_KEY and the passwords of the roles are not in it.
    """
    with opened_database() as databases:
        check_books(databases, as_owner=True)  # a file of nothing would be taken for a backup
        try:
            manifest = write_backup(
                databases,
                file,
                at=datetime.now(UTC),  # noqa: TID251 - a door reads the clock
                environment=os.environ,
            )
        except OSError as failure:
            message = f"{file} cannot be written: {failure.strerror}"
            raise click.ClickException(message) from failure
    click.echo(f"{file}: {file.stat().st_size:,} bytes, {_said(manifest)}")


@click.command("restore")
@click.argument("file", type=FILE)
def restore(*, file: Path) -> None:
    """Fill an empty database from FILE, and prove the books that came out of it.

    Ends with 1 when the proofs of `tael doctor` find something wrong.
    """
    try:
        read_manifest(file)  # a damaged file is refused before any server starts
    except OSError as failure:
        message = f"{file} cannot be read: {failure.strerror}"
        raise click.ClickException(message) from failure
    with opened_database() as databases:
        _make_roles(databases)
        manifest = restore_backup(databases, file, environment=os.environ)
        _make_roles(databases)  # now with the schemas whose rights the roles need
        with databases.owner() as owner:
            report = examine(owner, server=False)
    click.echo(f"{file} of {manifest['made_at']} is restored: {_said(manifest)}")
    click.echo(report.text())
    if not report.ok:
        sys.exit(WRONG)


def _make_roles(databases: Databases) -> None:
    """Make the application's role, to which the restored rights are given."""
    app = conninfo_to_dict(databases.app_dsn)
    with databases.owner() as owner:
        ensure_roles(
            owner,
            app_login=str(app["user"]) if app.get("user") else None,
            app_password=str(app["password"]) if databases.embedded else None,
        )
        owner.commit()


def _said(manifest: dict[str, Any]) -> str:
    rows = manifest["rows"]
    return (
        f"{sum(rows.values()):,} rows in {len(rows)} tables,"
        f" {rows.get('ledger.entry', 0):,} entries, digest {manifest['dump']['sha256'][:16]}…"
    )
