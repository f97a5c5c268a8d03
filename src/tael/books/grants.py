"""What the application's database role may do with each table of Django's.

The role reads and adds. It changes only what a model allows and removes nothing of Tael's: a model
says so by `app_may_change`, the columns that may change; `()` makes its table append-only. Tables of
Django itself and of other packages (sessions, permissions) may be used freely.

Source: reliability, M13 and section 6; I11, T19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from psycopg import sql

from tael.postgres.connect import APP

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.db.models import Model

APP_ROLE: Final = APP
OUR_PACKAGE: Final = "tael."


def grant_tables(*, app_config: AppConfig | None = None, using: str = "default", **_: Any) -> None:
    """Give the role its rights on the tables of one Django app. Runs after each migration.

    Source: reliability, M13.
    """
    django_connection = connections[using]
    if app_config is None or not app_config.models_module:
        return
    present = set(django_connection.introspection.table_names())
    if "books_currency" not in present:
        return  # the books are not made yet (a migration that stopped half way); their role neither
    with django_connection.cursor() as cursor:
        cursor.execute(_sql("GRANT USAGE ON SCHEMA public TO {role}"))
        cursor.execute(_sql("GRANT SELECT ON TABLE django_migrations TO {role}"))
        for model in app_config.get_models(include_auto_created=True):
            if model._meta.managed and model._meta.db_table in present:  # noqa: SLF001 - Django's public API
                for statement in _rights(model, ours=app_config.name.startswith(OUR_PACKAGE)):
                    cursor.execute(statement)


def _rights(model: type[Model], *, ours: bool) -> list[sql.Composed]:
    """List the statements that leave the role with exactly the rights on this model's table."""
    table = sql.Identifier(model._meta.db_table)  # noqa: SLF001 - Django's public API
    revoke = _sql("REVOKE ALL ON TABLE {table} FROM {role}", table=table)
    if not ours:
        return [
            revoke,
            _sql("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {table} TO {role}", table=table),
        ]
    columns: tuple[str, ...] | None = getattr(model, "app_may_change", None)
    if columns is None:
        return [
            revoke,
            _sql("GRANT SELECT, INSERT, UPDATE ON TABLE {table} TO {role}", table=table),
        ]
    rights = [revoke, _sql("GRANT SELECT, INSERT ON TABLE {table} TO {role}", table=table)]
    if columns:
        names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        rights.append(
            _sql("GRANT UPDATE ({columns}) ON TABLE {table} TO {role}", table=table, columns=names)
        )
    return rights


def _sql(text: str, **parts: sql.Composable) -> sql.Composed:
    return sql.SQL(text).format(role=sql.Identifier(APP_ROLE), **parts)
