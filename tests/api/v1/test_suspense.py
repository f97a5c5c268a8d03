"""Money in suspense over HTTP: seen, proposed for by one key, confirmed by another, once."""

from __future__ import annotations

import pytest

from api.client import a_key
from builders import a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.models import GatewayPayment
from wallet.gateway_play import an_order, sent, told

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I24", "I32")]


@pytest.fixture
def alipay(monkeypatch):
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def wallet(alipay):
    wallet = a_wallet()
    sent(alipay, told(an_order(wallet), order_number="R999999"))
    return wallet


def item():
    return GatewayPayment.objects.get(movement="paid").pk


def test_one_key_proposes_and_another_places(house, wallet):
    listed = house.get("/suspense").body["data"]
    assert [(row["number"], row["in_suspense"]["amount"]) for row in listed] == [(item(), "10.00")]

    asked = {"wallet": wallet.number, "reason": "his slip"}
    made = house.post(f"/suspense/{item()}/place", asked, key="k")
    again = house.post(f"/suspense/{item()}/place", asked, key="k")
    assert (made.status, again.replayed, again.body["number"]) == (201, True, made.body["number"])
    path = f"/suspense-proposals/{made.body['number']}/confirm"
    assert house.post(path).code == "proposer_decides"

    done = a_key().post(path, key="once")

    assert (done.status, done.body["state"]) == (200, "done")
    assert a_key().post(path).code == "suspense_proposal_decided"
    assert figures(wallet)[0] == "10.00"
    assert house.get("/suspense").body["data"] == []
    assert house.get(f"/suspense/{item()}").body["proposals"][0]["entry"] == done.body["entry"]


def test_a_proposal_is_dropped_with_a_reason(house, wallet):
    number = house.post(f"/suspense/{item()}/return", {"reason": "not ours"}).body["number"]

    dropped = house.post(f"/suspense-proposals/{number}/drop", {"reason": "look again"})

    assert (dropped.body["state"], dropped.body["reason"]) == ("dropped", "look again")
    assert house.get("/suspense/999").code == "unknown_suspense_item"
