"""The house as the seed's page finds it: customers 10010 and 10012, fund accounts from 100001 up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders import a_customer, a_payee, a_wallet
from tael.cmspro import money
from tael.cmspro.result import Result


@dataclass
class Site:
    """A site that calls `money::init`, with a clock that ticks at each call as `date('YmdHis')` does."""

    now: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-03-01T13:00:00Z"))

    def date(self) -> str:
        """Give what the seed writes as `date('YmdHis', time())`."""
        self.now += timedelta(seconds=1)
        return self.now.strftime("%Y%m%d%H%M%S")

    def init(self, type_: int, data: dict[str, Any], code: str) -> Result:
        return money.init(type_, data, code, at=self.now)


@pytest.fixture
def site(db) -> Site:
    return Site()


@pytest.fixture
def customers(db) -> tuple[int, int]:
    """The seed's two customers, without any fund account yet."""
    return a_customer(10010, "Wang Wei"), a_customer(10012, "Li Hua")


@pytest.fixture
def wallet(customers):
    """Fund account 100001 of customer 10012, with 1000 CNY of which 100 are locked."""
    return a_wallet(owner=10012, free="900", locked="100")


@pytest.fixture
def payee_17(customers, owner) -> int:
    """The payee account of the seed's examples, number 17, of customer 10012."""
    owner.execute("SELECT setval('parties_payee_id_seq', 16)")
    owner.commit()
    number = a_payee(10012)
    assert number == 17
    return number
