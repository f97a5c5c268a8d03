"""`tael migrate`: bring the database to this version of Tael."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from tael.cli.database import opened_database
from tael.postgres.connect import APP
from tael.postgres.home import home_of
from tael.postgres.roles import ensure_roles
from tael.web.database import point

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

MIGRATION_LOCK = 6_504_101_977_001  # any number that no other lock of ours has


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
        DatabaseUnreachable, DatabaseVersionUnsupported: as they say.
    """
    login = conninfo_to_dict(databases.app_dsn).get("user")
    embedded = login == APP and not os.environ.get("TAEL_DATABASE_URL")
    password = home_of(os.environ).secret("app") if embedded else None
    with databases.owner() as owner:
        ensure_roles(owner, app_login=str(login) if login else None, app_password=password)
        owner.commit()
        owner.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        owner.commit()
        point("owner", databases.owner_dsn)
        try:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        finally:
            connections["owner"].close()
