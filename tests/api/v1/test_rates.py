"""Rates over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from api.client import Caller

pytestmark = pytest.mark.rule("F-12", "E-05", "A-F20")


def pair(value: object) -> dict[str, object]:
    return {"from_currency": "CNY", "to_currency": "USD", "value": value}


@pytest.fixture(autouse=True)
def dollars(house: Caller) -> None:
    house.post("/currencies", {"code": "USD"}, key=None)


def test_a_rate_is_set_and_the_one_before_stays_in_the_history(house: Caller) -> None:
    for value in ("0.14", "0.15"):
        assert house.post("/rates", pair(value), key=None).status == 201

    in_force = house.get("/rates").body["data"]
    history = house.get("/rates/history", from_currency="CNY", to_currency="USD").body["data"]

    assert [rate["value"] for rate in in_force] == ["0.15"]
    assert [rate["value"] for rate in history] == ["0.15", "0.14"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.14, "rate_malformed"),
        ("1e3", "rate_malformed"),
        ("-1", "rate_malformed"),
        (None, "rate_malformed"),
        ("0", "rate_not_positive"),
        ("1" * 13, "rate_out_of_range"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(value: object, code: str, house: Caller) -> None:
    reply = house.post("/rates", pair(value), key=None)

    assert (reply.status, reply.code, reply.body["field"]) == (422, code, "value")
    assert house.get("/rates").body["data"] == []


@pytest.mark.rule("I15")
def test_forth_and_back_never_gains(house: Caller) -> None:
    house.post("/rates", pair("0.2"), key=None)
    back = {"from_currency": "USD", "to_currency": "CNY", "value": "5.01"}

    reply = house.post("/rates", back, key=None)

    assert (reply.status, reply.code) == (409, "rate_would_gain")
