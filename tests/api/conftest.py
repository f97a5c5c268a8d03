"""A customer with a wallet, and keys that reach it, for the tests of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key
from builders import a_customer, a_wallet

if TYPE_CHECKING:
    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet


@pytest.fixture
def house(db: Databases) -> Caller:
    """A key of the house with every scope."""
    return a_key()


@pytest.fixture
def wallet(db: Databases) -> Wallet:
    """A wallet with 100.00 CNY free."""
    return a_wallet(free="100")


@pytest.fixture
def theirs(db: Databases) -> Wallet:
    """Another customer's wallet with 50.00 CNY free."""
    return a_wallet(free="50", owner=a_customer(name="Wang Min"))
