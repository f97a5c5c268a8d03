"""The sandbox beside `tael run`: when there is one, and what its settings may be. test_run starts it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tael.channels.gateways.registry import GatewayMisconfiguredError, configure
from tael.cli.sandbox import (
    NoSandboxInLive,
    Sandbox,
    gateway_settings,
    sandbox_beside,
    sandbox_settings,
)
from tael.cli.serve import PortInUse, Site
from tael.sandbox.house import set_up


def two_free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture
def home(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("TAEL_HOME", str(tmp_path))
    return tmp_path


def test_both_sides_are_told_the_same_secrets_which_are_made_once(home):
    first, again = (
        gateway_settings(os.environ, site="http://site:1", sandbox="http://sandbox:2")
        for _ in range(2)
    )
    house = set_up(sandbox_settings(os.environ))
    alipay = configure(first)["Alipay"]

    assert first == again
    assert alipay.merchant.secrets == (house.merchants["tael-alipay"],)
    assert alipay.notify_url == "http://site:1/api/v1/callbacks/Alipay"
    assert len(set(house.merchants.values())) == len(house.merchants) == 4
    assert {path.stat().st_mode & 0o077 for path in home.glob("*.secret")} == {0}


def test_merchants_that_the_operator_names_are_those_of_both_sides(home, monkeypatch):
    secret = "sandboxsec_" + "A" * 44
    monkeypatch.setenv("TAEL_SANDBOX_MERCHANTS", f"tael-alipay={secret} shop={secret}")

    told = gateway_settings(os.environ, site="http://site:1", sandbox="http://sandbox:2")

    assert (told["TAEL_GATEWAYS"], told["TAEL_GATEWAY_ALIPAY_SECRETS"]) == (
        "Alipay=sandbox",
        secret,
    )
    assert set(set_up(sandbox_settings(os.environ)).merchants) == {"tael-alipay", "shop"}


def test_play_money_has_no_place_where_money_is_real(home, monkeypatch):
    told = gateway_settings(os.environ, site="http://site:1", sandbox="http://sandbox:2")

    with pytest.raises(GatewayMisconfiguredError, match="TAEL_ENVIRONMENT is live"):
        configure(told | {"TAEL_ENVIRONMENT": "live"})
    monkeypatch.setenv("TAEL_ENVIRONMENT", "live")
    with pytest.raises(NoSandboxInLive):
        sandbox_settings(os.environ)
    site = Site("127.0.0.1", 1, 1, 1)
    assert sandbox_beside(site, wanted=None, port=None, usual=True) is None
    with pytest.raises(NoSandboxInLive):
        sandbox_beside(site, wanted=True, port=None, usual=True)


@pytest.fixture
def untouched(monkeypatch):
    """`sandbox_beside` writes into the environment of its process; here it is taken back."""
    before = dict(os.environ)
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


def test_there_is_one_unless_the_operator_has_gateways_or_does_not_want_it(
    home, monkeypatch, untouched
):
    site = Site("127.0.0.1", two_free_ports()[0], 1, 1)

    assert sandbox_beside(site, wanted=False, port=None, usual=True) is None
    assert sandbox_beside(site, wanted=None, port=None, usual=False) is None
    monkeypatch.setenv("TAEL_GATEWAYS", "Alipay=signed_test")
    assert sandbox_beside(site, wanted=None, port=None, usual=True) is None
    monkeypatch.delenv("TAEL_GATEWAYS")
    assert isinstance(sandbox_beside(site, wanted=None, port=None, usual=True), Sandbox)
    assert "Alipay=sandbox" in os.environ["TAEL_GATEWAYS"]


def test_a_port_that_was_asked_for_and_is_in_use_is_refused_another_is_found(home, untouched):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        site = Site("127.0.0.1", taken - 1, 1, 1)

        found = sandbox_beside(site, wanted=True, port=None, usual=True)
        with pytest.raises(PortInUse):
            sandbox_beside(site, wanted=True, port=taken, usual=True)

    assert found is not None
    assert found.port != taken
