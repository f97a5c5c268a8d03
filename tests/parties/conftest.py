"""How many questions the database is asked."""

from __future__ import annotations

import pytest

from tael import books


@pytest.fixture
def django_questions(db, monkeypatch):
    """Record every statement that goes over Django's connection, by the ORM or raw."""
    asked: list[object] = []
    connection = books.connection()
    cursor_class = connection.cursor_factory
    execute = cursor_class.execute

    def counting(self, query, *args, **kwargs):
        asked.append(query)
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(cursor_class, "execute", counting)
    return asked
