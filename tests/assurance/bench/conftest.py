"""Where a benchmark takes place in a test: its database starts as a copy of the session's, which has its tables."""

from __future__ import annotations

import pytest

from conftest import TEMPLATE
from tael.assurance.bench.arena import Arena


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever benchmarks brings its database up to date; here nothing is left to do."""
    copied = f"CREATE DATABASE {{}} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"
    command = Arena._on_server

    def on_server(arena: Arena, statement: str) -> None:
        command(arena, copied if statement.startswith("CREATE") else statement)

    monkeypatch.setattr(Arena, "_on_server", on_server)
