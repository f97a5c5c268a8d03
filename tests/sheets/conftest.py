"""Whatever a file does to its reader, no child of it is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sheets_read_here import read_by_a_child


def children() -> list[str]:
    """The children of this process that have not been reaped."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.fixture(autouse=True)
def no_child_is_left():
    before = children()
    yield
    assert children() == before


@pytest.fixture
def by_a_child(monkeypatch):
    """The sheet is read as in the house; elsewhere the tests' own process reads it in the same way."""
    read_by_a_child(monkeypatch)
