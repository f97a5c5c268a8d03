"""Recharge orders over HTTP: two steps, and nothing is credited that does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from api.v1.test_callbacks import SECRET
from builders import figures
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-25", "SM-01", "A-F10")


@pytest.fixture
def asked(wallet: Wallet) -> dict[str, Any]:
    return {"owner": wallet.owner, "amount": amount("10"), "channel": "Alipay"}


def test_an_order_is_credited_when_it_is_confirmed_and_once(
    house: Caller, wallet: Wallet, asked: dict[str, Any]
) -> None:
    created = house.post("/recharge-orders", asked)
    assert figures(wallet)[0] == "100.00"

    confirmed = house.post(f"/recharge-orders/{created.body['number']}/confirm", asked)
    again = house.post(f"/recharge-orders/{created.body['number']}/confirm", asked)

    assert (created.status, confirmed.status, again.status) == (201, 201, 201)
    assert (confirmed.replayed, again.replayed) == (False, True)
    assert again.raw == confirmed.raw
    assert figures(wallet)[0] == "110.00"
    shown = house.get(f"/recharge-orders/{created.body['number']}").body
    assert (shown["state"], shown["credited"]) == ("success", amount("10.00"))


def test_a_repetition_gives_the_order_as_it_was_created(
    house: Caller, asked: dict[str, Any]
) -> None:
    first = house.post("/recharge-orders", asked, key="once")
    house.post(f"/recharge-orders/{first.body['number']}/confirm", asked)

    again = house.post("/recharge-orders", asked, key="once")

    assert again.replayed
    assert again.raw == first.raw


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"amount": {"amount": "10.01", "currency": "CNY"}}, "amount"),
        ({"channel": "WeChat"}, "channel"),
        ({"wallet": 999999}, "wallet"),
    ],
)
def test_what_differs_from_the_order_is_refused(
    other: dict[str, Any], field: str, house: Caller, wallet: Wallet, asked: dict[str, Any]
) -> None:
    number = house.post("/recharge-orders", asked).body["number"]

    reply = house.post(f"/recharge-orders/{number}/confirm", {**asked, **other})

    assert (reply.status, reply.code, reply.body["field"]) == (409, "order_mismatch", field)
    assert figures(wallet)[0] == "100.00"


def test_a_closed_order_is_not_confirmed(house: Caller, asked: dict[str, Any]) -> None:
    number = house.post("/recharge-orders", asked).body["number"]
    house.post(f"/recharge-orders/{number}/close", key=None)

    assert house.post(f"/recharge-orders/{number}/confirm", asked).code == "order_closed"


def test_the_payer_is_sent_to_the_gateway(
    house: Caller, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(SECRET,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    order = house.post("/recharge-orders", asked).body

    told = house.get(f"/recharge-orders/{order['number']}/checkout").body

    assert told["parameters"]["order"] == order["reference"]
    assert told["parameters"]["amount"] == "10.00"
    house.post(f"/recharge-orders/{order['number']}/close", key=None)
    again = house.get(f"/recharge-orders/{order['number']}/checkout")
    assert (again.status, again.code) == (409, "move_not_allowed")


def test_a_channel_without_a_gateway_has_no_checkout(house: Caller, asked: dict[str, Any]) -> None:
    number = house.post("/recharge-orders", {**asked, "channel": "PayPal"}).body["number"]

    assert house.get(f"/recharge-orders/{number}/checkout").code == "unknown_gateway"


def test_a_dry_run_creates_no_order(house: Caller, asked: dict[str, Any]) -> None:
    reply = house.post("/recharge-orders", asked, dry_run="true")

    assert (reply.status, reply.body["number"], reply.body["dry_run"]) == (200, None, True)
    assert house.get("/recharge-orders").body["data"] == []


@pytest.mark.rule("T14")
def test_a_customer_sees_only_his_own_orders(
    house: Caller, theirs: Wallet, asked: dict[str, Any]
) -> None:
    own = house.post("/recharge-orders", asked).body["number"]
    other = house.post("/recharge-orders", {**asked, "owner": theirs.owner}).body["number"]
    caller = a_key(customer=theirs.owner)

    assert [order["number"] for order in caller.get("/recharge-orders").body["data"]] == [other]
    assert caller.get(f"/recharge-orders/{own}").code == "unknown_order"
    assert caller.post(f"/recharge-orders/{own}/close", key=None).code == "unknown_order"
    assert caller.post("/recharge-orders", asked).code == "unknown_customer"
