"""Quotes over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from builders import a_rate, a_wallet, an_iso_currency

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-37", "A-F20", "I15")


@pytest.fixture
def asked(wallet: Wallet) -> dict[str, Any]:
    an_iso_currency("USD")
    a_rate("CNY/USD", "0.14")
    target = a_wallet(owner=wallet.owner, currency="USD")
    return {"source": wallet.number, "target": target.number, "amount": amount("10")}


def test_a_quote_is_made_once_and_shown_again(house: Caller, asked: dict[str, Any]) -> None:
    first = house.post("/quotes", asked, key="once")
    again = house.post("/quotes", asked, key="once")

    assert (first.status, first.body["received"]) == (201, amount("1.40", "USD"))
    assert (again.replayed, again.raw) == (True, first.raw)


def test_a_dry_run_makes_no_quote(house: Caller, asked: dict[str, Any]) -> None:
    reply = house.post("/quotes", asked, dry_run="true")

    assert (reply.status, reply.body["number"]) == (200, None)


def test_a_quote_for_an_hour_at_most(house: Caller, asked: dict[str, Any]) -> None:
    assert house.post("/quotes", {**asked, "seconds": 3601}).status == 422


@pytest.mark.rule("T14")
def test_a_customer_quotes_his_own_wallets(asked: dict[str, Any], theirs: Wallet) -> None:
    other = a_key(customer=theirs.owner)

    assert other.post("/quotes", asked).code == "unknown_wallet"
