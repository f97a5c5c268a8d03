"""`tael order`."""

from __future__ import annotations

import pytest

from builders import AT, a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.base import Notice
from tael.channels.gateways.signed_test import SignedTestGateway


@pytest.fixture
def wallet(tael):
    return a_wallet()


@pytest.fixture
def order(tael, wallet):
    words = ("--wallet", wallet.number, "--amount", "5", "--channel", "Alipay")
    return tael.json("order", "create", *words)


@pytest.mark.rule("F-25")
def test_an_order_is_credited_when_it_is_confirmed(tael, wallet, order):
    assert (order["state"], figures(wallet)[0]) == ("created", "0.00")

    wrong = tael.refusal("order", "confirm", order["number"], "--amount", "4")
    done = tael.json("order", "confirm", order["number"], "--amount", "5", "--pno", "g-1")
    again = tael.json("order", "confirm", order["number"], "--amount", "5", "--pno", "g-1")

    assert wrong["code"] == "order_mismatch"
    assert (done["order"], done["replayed"], again["replayed"]) == (order["number"], False, True)
    assert figures(wallet)[0] == "5.00"
    told = tael.json("order", "show", order["number"])
    assert (told["state"], told["gateway_number"]) == ("success", "g-1")


def test_another_channel_is_told_and_refused(tael, order):
    words = ("order", "confirm", order["number"], "--amount", "5", "--channel", "WeChat")

    assert tael.refusal(*words)["code"] == "order_mismatch"


def test_a_closed_order_is_not_confirmed(tael, order):
    assert tael.json("order", "close", order["number"])["state"] == "closed"
    assert (
        tael.refusal("order", "confirm", order["number"], "--amount", "5")["code"] == "order_closed"
    )
    assert tael.json("order", "list", "--state", "created")["data"] == []
    assert len(tael.json("order", "list", "--owner", order["owner"])["data"]) == 1
    assert tael.refusal("order", "show", 999)["code"] == "unknown_order"


def test_the_gateways_are_asked_about_silent_orders(tael, order, monkeypatch):
    monkeypatch.setattr(registry, "_gateways", dict)

    assert tael.json("order", "ask") == {"asked": 0, "verdicts": [], "failed": []}
    assert tael.refusal("order", "ask", order["number"])["code"] == "unknown_gateway"

    alipay = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"x" * 32,))
    told = Notice(
        event_id="e1",
        order_number=f"R{order['number']}",
        amount="5.00",
        currency="CNY",
        status="paid",
        gateway_number="G1",
    )
    alipay.pay(told, at=AT)
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": alipay})

    assert tael.json("order", "ask", order["number"]) == {"asked": 1, "verdicts": ["credited"]}
    assert tael.json("order", "ask", order["number"]) == {"asked": 1, "verdicts": []}
