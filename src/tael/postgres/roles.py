"""The application's restricted role: made once per server, put on or logged in as.

What it may do with a table is granted where the table is made (`tael.ledger.book`, `tael.books.grants`).

Source: reliability M13 and section 6 (Roles); architecture, section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import psycopg
from psycopg import sql

from tael.postgres.connect import APP
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from psycopg import Connection

ROLES_LOCK = (
    6_504_101_977_003  # any number: two migrations at once make the role one after the other
)


class RoleMissing(Refusal):
    """The role `tael_app` is not there and the owner may not make it, or may not put it on."""

    code = "database_role_missing"
    because: ClassVar[Because] = "forbidden"
    remedy = "Let an administrator run: CREATE ROLE tael_app NOLOGIN; GRANT tael_app TO <the user of TAEL_DATABASE_URL>;"


def ensure_roles(
    owner: Connection, *, app_login: str | None = None, app_password: str | None = None
) -> None:
    """Make the application's role and let it in. Repeating it changes nothing; the caller commits.

    Args:
        owner: a connection of the owner.
        app_login: another login that shall be able to put the role on.
        app_password: makes the role itself a login with this password (embedded server only).

    Raises:
        RoleMissing: the owner may not do it.
    """
    owner.execute("SELECT pg_advisory_xact_lock(%s)", [ROLES_LOCK])
    try:
        with owner.transaction():
            _make_role(owner)
            if app_password is not None:
                _make_login(owner, app_password)
            for login in {owner.info.user, app_login or owner.info.user} - {APP}:
                _let_put_on(owner, login)
    except psycopg.errors.InsufficientPrivilege as failure:
        raise RoleMissing(
            f"{owner.info.user} may not make or grant the role {APP}: {failure.diag.message_primary}."
        ) from None
    for right in (
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "GRANT USAGE ON SCHEMA public TO {app}",
    ):
        owner.execute(
            sql.SQL(right).format(
                app=sql.Identifier(APP), database=sql.Identifier(owner.info.dbname)
            )
        )


def _make_role(owner: Connection) -> None:
    there = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone()
    if there is None:
        owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP)))


def _make_login(owner: Connection, password: str) -> None:
    """Let the role log in. The server and its log see the password's verifier only."""
    verifier = owner.pgconn.encrypt_password(password.encode(), APP.encode(), b"scram-sha-256")
    owner.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(APP), sql.Literal(verifier.decode())
        )
    )


def _let_put_on(owner: Connection, login: str) -> None:
    """Let ``login`` become the application's role, unless it can already."""
    how = "SET" if owner.info.server_version >= 160_000 else "MEMBER"
    able = owner.execute("SELECT pg_has_role(%s::name, %s::name, %s)", [login, APP, how]).fetchone()
    if not (able and able[0]):
        owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(login)))
