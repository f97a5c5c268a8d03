"""Channels over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import amount

if TYPE_CHECKING:
    from api.client import Caller
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-03", "F-04", "F-05", "X-F14")


def test_the_seeds_channels_are_there_and_more_can_be_added(house: Caller) -> None:
    made = house.post("/channels", {"identifier": "Octopus", "name": "八達通"}, key=None)

    listed = {row["identifier"] for row in house.get("/channels").body["data"]}

    assert (made.status, made.body["currencies"]) == (201, "ALL")
    seeds = {"KeyCard", "Admin", "System", "Alipay", "WeChat", "QQwallet", "PayPal"}
    assert seeds | {"Octopus"} <= listed
    assert house.get("/channels/Octopus").body == made.body


def test_a_channel_takes_the_currencies_that_it_is_given(house: Caller, wallet: Wallet) -> None:
    house.post("/currencies", {"code": "USD"}, key=None)
    body = {"wallet": wallet.number, "amount": amount("1"), "channel": "Alipay"}

    house.patch("/channels/Alipay", {"currencies": "USD"})
    refused = house.post("/recharge", body)
    house.patch("/channels/Alipay", {"currencies": "CNY,USD", "name": "Alipay CN"})
    done = house.post("/recharge", body)
    house.patch("/channels/Alipay", {"enabled": False})
    off = house.post("/recharge", body)

    assert (refused.status, refused.code) == (409, "channel_currency_refused")
    assert done.status == 201
    assert off.code == "channel_disabled"
    assert house.get("/channels/Alipay").body["name"] == "Alipay CN"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currencies": "cny"}, "unknown_currency"),
        ({"currencies": ""}, "channel_malformed"),
        ({"currencies": "ALL,CNY"}, "channel_malformed"),
        ({"name": ""}, "text_malformed"),
    ],
)
def test_half_a_change_is_none(change: dict[str, Any], code: str, house: Caller) -> None:
    before = house.get("/channels/Alipay").body

    reply = house.patch("/channels/Alipay", {**change, "enabled": False})

    assert reply.code == code
    assert house.get("/channels/Alipay").body == before


def test_a_channel_that_is_not_there_is_refused(house: Caller) -> None:
    assert house.get("/channels/Nope").code == "unknown_channel"
    assert house.get("/channels/%00").code == "unknown_channel"
    assert house.patch("/channels/Nope", {"enabled": True}).code == "unknown_channel"
    twin = house.post("/channels", {"identifier": "ALIPAY", "name": "x"}, key=None)
    assert (twin.status, twin.code) == (409, "channel_exists")
