"""The fixtures of the browser tests: one place for all of them, and visitors who leave it clean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import CHROMIUM, Browsers
from browser.together import shared_place
from browser.visitors import Person, Place, alone
from prepared import Prepared


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
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared: Prepared
) -> Iterator[Place]:
    own = tmp_path_factory.getbasetemp()
    session = own.parent if hasattr(request.config, "workerinput") else own
    with shared_place(session, request.config.add_cleanup, prepared) as one:
        yield one


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    one = Browsers()
    yield one
    one.close()


@pytest.fixture
def chromium(browsers: Browsers) -> Iterator:
    with browsers.lent() as browser:
        yield browser


@pytest.fixture
def in_turn(request: pytest.FixtureRequest, place: Place) -> Iterator[None]:
    """The tests of one file move the same funds and count them: one after another, in whichever process."""
    with alone(place.home / f"{request.path.stem}.lock"):
        yield


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
