"""After each test of this folder the wallets must agree with the ledger, as `tael doctor` proves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tael.payouts import integrity as payouts_integrity
from tael.wallet import integrity as wallet_integrity


@pytest.fixture(autouse=True)
def the_wallets_agree(request: pytest.FixtureRequest) -> Iterator[None]:
    if "db" not in request.fixturenames:
        yield
        return
    databases = request.getfixturevalue("db")
    yield
    with databases.owner() as connection:
        violations = wallet_integrity.check(connection) + payouts_integrity.check(connection)
        connection.rollback()
    assert not violations, violations
