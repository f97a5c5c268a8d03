"""The application's role: made by whoever may, put on by whoever must."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tael.postgres.connect import Databases
from tael.postgres.roles import RoleMissing, ensure_roles

NUMBERS = count(1)


@pytest.fixture
def login(owner: psycopg.Connection) -> Iterator[str]:
    """A login without any right, for this test only."""
    name = f"somebody_{next(NUMBERS)}"
    owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(name)))
    owner.commit()
    yield name
    owner.rollback()
    owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
    owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    owner.commit()


def connected(db: Databases, login: str) -> psycopg.Connection:
    return psycopg.connect(make_conninfo(db.owner_dsn, user=login, password="x"))


def test_making_the_role_again_changes_nothing(owner: psycopg.Connection) -> None:
    look = (
        "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles ORDER BY 1"
    )
    before = owner.execute(look).fetchall()

    ensure_roles(owner)

    assert owner.execute(look).fetchall() == before
    assert ("tael_app", True, False, False, False) in before


def test_another_login_can_put_the_role_on(
    db: Databases, owner: psycopg.Connection, login: str
) -> None:
    with connected(db, login) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("SET ROLE tael_app")

    ensure_roles(owner, app_login=login)
    owner.commit()

    with connected(db, login) as other:
        other.execute("SET ROLE tael_app")
        assert other.execute("SELECT current_user").fetchone() == ("tael_app",)


def test_an_owner_who_may_not_make_or_grant_roles_is_told_what_to_ask_for(
    db: Databases, login: str
) -> None:
    with connected(db, login) as powerless:
        with pytest.raises(RoleMissing) as refused:
            ensure_roles(powerless)

        assert "GRANT tael_app" in refused.value.remedy
        assert powerless.execute("SELECT 1").fetchone() == (1,)  # the transaction can still be used


def test_the_password_reaches_the_server_as_a_verifier_only(
    owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = psycopg.Connection.execute

    def listening(self: psycopg.Connection, query: object, *rest: object, **more: object) -> object:
        sent.append(query if isinstance(query, str) else query.as_string(self))  # type: ignore[attr-defined]
        return execute(self, query, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Connection, "execute", listening)
    ensure_roles(owner, app_password="in-plain-text")
    owner.rollback()

    assert any("SCRAM-SHA-256$" in statement for statement in sent)
    assert not any("in-plain-text" in statement for statement in sent)
