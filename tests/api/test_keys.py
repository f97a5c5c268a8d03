"""A key that was shown a moment ago is let in without a query, but not for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key
from builders import AT, STAFF
from tael.api import keys
from tael.books.snapshot import LIFE_SECONDS
from tael.parties.api_key import revoke_api_key
from tael.parties.customer import disable

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("T14")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(keys, "time", stopped)
    return stopped


def test_a_revoked_key_is_worth_nothing_after_half_a_second(house: Caller, clock: Clock) -> None:
    assert house.get("/wallets").status == 200
    revoke_api_key(number=house.number, actor=STAFF, at=AT)

    clock.seconds += LIFE_SECONDS

    assert house.get("/wallets").status == 401
    assert house.get("/wallets").status == 401


def test_the_key_of_a_disabled_customer_is_worth_nothing(wallet: Wallet, clock: Clock) -> None:
    own = a_key(customer=wallet.owner)
    assert own.get("/wallets").status == 200
    disable(number=wallet.owner, reason="checked", actor=STAFF, at=AT)

    clock.seconds += LIFE_SECONDS

    assert own.get("/wallets").status == 401


def test_a_key_that_is_worth_nothing_is_not_kept(house: Caller) -> None:
    keys.forget_keys()

    Caller("tael_" + "x" * 43).get("/wallets")

    assert not keys._kept


def test_the_memory_of_keys_is_bounded(house: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.forget_keys()
    monkeypatch.setattr(keys, "KEPT_MAX", 2)

    for caller in (house, a_key(), a_key()):
        caller.get("/health")
        caller.get("/currencies")

    assert len(keys._kept) <= 2
