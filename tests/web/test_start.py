"""Tael in somebody else's program."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tael.postgres.connect import DatabaseUnreachable, NoDatabase
from tael.web import start as starting


def test_a_program_without_a_database_is_told_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("TAEL_HOME", str(tmp_path))
    monkeypatch.setattr(starting, "apps", SimpleNamespace(ready=False))

    with pytest.raises(NoDatabase) as refused:
        starting.start()
    assert "tael run" in refused.value.remedy
    monkeypatch.setenv("TAEL_DATABASE_URL", "postgresql://tael:secret@127.0.0.1:1/tael")
    with pytest.raises(DatabaseUnreachable, match="Connection refused"):
        starting.start()


def test_a_django_project_without_our_apps_is_told_which_settings_it_needs(monkeypatch):
    none: Any = SimpleNamespace(ready=True, is_installed=lambda _name: False)
    monkeypatch.setattr(starting, "apps", none)

    with pytest.raises(starting.AppsNotInstalled) as refused:
        starting.start()
    assert "docs/library.md" in refused.value.remedy
    monkeypatch.undo()
    starting.start()


def test_a_django_project_with_our_apps_can_make_its_own_migrations():
    """`manage.py` refuses every command while one check fails, or would write migrations of ours."""
    assert not run_checks(tags=["models"])

    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(starting.apps))
    assert not detector.changes(graph=loader.graph)
