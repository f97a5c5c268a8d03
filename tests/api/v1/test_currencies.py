"""Currencies over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import amount

if TYPE_CHECKING:
    from api.client import Caller
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-11", "E-04")


def test_standard_and_own_currencies_are_added(house: Caller) -> None:
    standard = house.post("/currencies", {"code": "ISK"}, key=None)
    points = {"code": "STARS", "exponent": 0, "kind": "points", "name": "Stars"}
    own = house.post("/currencies", points, key=None)

    assert (standard.status, standard.body["exponent"]) == (201, 0)
    assert own.body == {**points, "enabled": True}
    assert {"ISK", "STARS"} <= {row["code"] for row in house.get("/currencies").body["data"]}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "QQQ"}, 422, "unknown_currency"),
        ({"code": "CNY"}, 409, "currency_exists"),
        ({"code": "JPY", "exponent": 0, "name": "Yen"}, 409, "currency_reserved"),
        ({"code": "stars", "exponent": 0, "name": "Stars"}, 422, "currency_malformed"),
        ({"code": "STARS", "exponent": 9, "name": "Stars"}, 422, "request_invalid"),
        ({"code": "STARS", "exponent": 2}, 422, "request_invalid"),
        ({"code": "STARS", "kind": "points"}, 422, "request_invalid"),
    ],
)
def test_a_currency_that_cannot_be_is_refused(
    body: dict[str, Any], status: int, code: str, house: Caller
) -> None:
    before = house.get("/currencies").body

    reply = house.post("/currencies", body, key=None)

    assert (reply.status, reply.code) == (status, code)
    assert house.get("/currencies").body == before


@pytest.mark.rule("F-38")
def test_a_currency_that_is_off_is_refused_until_it_is_on(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}

    assert house.patch("/currencies/CNY", {"enabled": False}).body["enabled"] is False
    assert house.post("/deduct", body).code == "currency_disabled"
    house.patch("/currencies/CNY", {"enabled": True})
    assert house.post("/deduct", body).status == 201
    assert house.patch("/currencies/QQQ", {"enabled": True}).code == "unknown_currency"
