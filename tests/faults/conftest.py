"""What several files of this folder stand on: a site and a sandbox gateway over one database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import a_database, assert_books_balance, forget
from faults.gateway_place import Place
from proven import Proven
from tael.channels.gateways import registry
from tael.postgres.connect import Databases
from tael.web.database import point


@pytest.fixture(scope="session")
def both(
    pg: Databases, maintenance, proven: Proven, tmp_path_factory
) -> Iterator[tuple[Place, Databases]]:
    with a_database(pg, maintenance, proven) as databases:
        place = Place(databases, Path(tmp_path_factory.mktemp("place")))
        try:
            place.start()
            yield place, databases
        finally:
            place.stop()


@pytest.fixture
def gateway_place(both, proven: Proven, monkeypatch) -> Iterator[Place]:
    """Both programs, behaving well; what the test leaves behind must balance."""
    place, databases = both
    point("default", databases.app_dsn)
    monkeypatch.setattr(registry, "_gateways", lambda: place.gateways)
    yield place
    place.settled()
    place.behave()
    forget()
    assert_books_balance(databases, proven)
    point("default", databases.app_dsn)
