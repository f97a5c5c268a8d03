"""What Tael's models declare about their tables, as the database should have it.

Source: reliability, M13; style, part 3, rule 9.
"""

from __future__ import annotations

from typing import NamedTuple

from django.apps import apps


class Declared(NamedTuple):
    """A table of ours: which columns the application may change, and which rules the database keeps."""

    table: str
    changeable: tuple[str, ...]
    rules: tuple[str, ...]


def declared_tables() -> list[Declared]:
    """Give the tables of Tael's models; none where Django has not been started."""
    tables = []
    for model in apps.get_models(include_auto_created=True) if apps.ready else ():
        facts = model._meta  # noqa: SLF001 - Django's public API
        if not model.__module__.startswith("tael.") or not facts.managed:
            continue
        columns: tuple[str, ...] | None = getattr(model, "app_may_change", None)
        if columns is None:
            columns = tuple(str(field.column) for field in facts.concrete_fields)
        rules = tuple(str(constraint.name) for constraint in facts.constraints)
        tables.append(Declared(facts.db_table, tuple(columns), rules))
    return tables
