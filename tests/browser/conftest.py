"""The fixtures of the browser tests: one place for all of them, and visitors who leave it clean."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.visitors import CHROMIUM, OPTIONS, Person, Place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        left_out = pytest.mark.skip(reason="there is no chromium on this machine")
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(left_out)


@pytest.fixture(autouse=True)
def no_database_by_accident() -> None:
    """The tests here have no database of their own: they come by HTTP, as anybody does."""


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="tael-browser-", dir=_room()) as folder:
        one = Place(Path(folder))
        yield one
        one.close()


def _room() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture
def chromium() -> Iterator:
    """A browser for one test: while it is open, its event loop runs in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(place: Place, chromium) -> Iterator:
    """Let somebody visit a site; afterwards no page had a fault, and the books are proven."""
    people = []

    def come(site: str, login: str, **how) -> Person:
        people.append(Person(place, chromium, site, login=login, **how))
        return people[-1]

    yield come
    faults = [fault for person in people for fault in person.faults]
    for person in people:
        person.context.close()
    assert faults == []
    place.prove()
