"""Applies SQL files: plain statements in which `{name}` stands for an identifier, such as a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from psycopg import Connection


def apply_sql(connection: Connection, script: LiteralString, **names: str) -> None:
    """Run a script of any number of statements. The caller commits.

    Args:
        connection: a plain psycopg connection (of Django's: `connection.connection`).
        script: the statements; a brace that is not a placeholder is doubled.
        names: the identifiers, by placeholder.
    """
    filled = sql.SQL(script).format(
        **{name: sql.Identifier(value) for name, value in names.items()}
    )
    connection.execute(filled, prepare=False)


def apply_files(connection: Connection, folder: Traversable, **names: str) -> None:
    """Run every .sql file of a folder in the order of its name. The caller commits."""
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    for file in sorted(files, key=lambda file: file.name):
        apply_sql(connection, file.read_text("utf-8"), **names)
