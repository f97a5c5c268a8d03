"""`tael migrate`: bring the database to this version of Tael."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click
import psycopg
from django.core.management import call_command
from django.db import OperationalError, connections
from psycopg.conninfo import conninfo_to_dict

from tael.cli.database import opened_database
from tael.postgres.roles import ensure_roles
from tael.refusal import Because, Refusal
from tael.web.database import point

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

MIGRATION_LOCK = 6_504_101_977_001  # any number that no other lock of ours has


class MigrationBlocked(Refusal):
    """A migration gave up waiting for a table that others use; it was undone."""

    code = "migration_blocked"
    because: ClassVar[Because] = "busy"
    remedy = "Run `tael migrate` again when there is less to do, or stop the servers first."
    retry = True


@click.command("migrate")
def migrate() -> None:
    """Bring the database to this version of Tael. Repeating it changes nothing."""
    with opened_database() as databases:
        migrate_database(databases)
    click.echo("The database is up to date.")


def migrate_database(databases: Databases) -> None:
    """Make the roles and apply every migration, as the owner. Two at once run one after the other.

    Raises:
        RoleMissing: the owner may not make the application's role.
        MigrationBlocked: a table stayed in use.
        DatabaseUnreachable, DatabaseVersionUnsupported: as they say.
    """
    app = conninfo_to_dict(databases.app_dsn)
    login = str(app["user"]) if app.get("user") else None
    password = str(app["password"]) if databases.embedded else None
    with databases.owner() as owner:
        ensure_roles(owner, app_login=login, app_password=password)
        owner.commit()
        owner.execute("SET lock_timeout = 0")  # for this one: another migration takes its time
        owner.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        owner.commit()
        point("owner", databases.owner_dsn)
        try:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        except OperationalError as failure:
            if not isinstance(failure.__cause__, psycopg.errors.LockNotAvailable):
                raise
            raise MigrationBlocked("A migration waited too long for a table in use.") from None
        finally:
            connections["owner"].close()
