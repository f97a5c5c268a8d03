"""`tael suspense`."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from wallet.gateway_play import an_order, sent, told


@pytest.fixture
def wallet(tael, monkeypatch):
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    wallet = a_wallet()
    sent(gateway, told(an_order(wallet), order_number="R999999"))
    return wallet


@pytest.mark.rule("I24", "I32")
def test_one_proposes_and_another_confirms(tael, wallet):
    number = tael.json("suspense", "list")["data"][0]["number"]
    typed = ("suspense", "place", number, "--wallet", wallet.number, "--reason", "his slip")
    proposal = tael.json(*typed, "--actor", "user:1")["proposal"]

    own = tael.refusal("suspense", "confirm", proposal, "--actor", "user:1")
    assert own["code"] == "proposer_decides"
    assert tael.json("suspense", "confirm", proposal, "--actor", "user:2")["state"] == "done"

    assert figures(wallet)[0] == "10.00"
    assert tael.json("suspense", "show", number)["proposals"][0]["state"] == "done"


def test_a_proposal_to_give_it_back_is_dropped(tael, wallet):
    number = tael.json("suspense", "list")["data"][0]["number"]
    proposal = tael.json("suspense", "return", number, "--reason", "not ours")["proposal"]

    assert tael.json("suspense", "drop", proposal, "--reason", "ours")["state"] == "dropped"
    assert figures(wallet)[0] == "0.00"
