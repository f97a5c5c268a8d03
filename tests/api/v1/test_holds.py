"""Holds over HTTP: captured and released in parts, never beyond, and only by those who reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount
from builders import figures

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-30", "F-31", "I13")


@pytest.fixture
def hold(house: Caller, wallet: Wallet) -> int:
    body = {"wallet": wallet.number, "amount": amount("40"), "reason": "order 7"}
    return int(house.post("/freeze", body).body["hold"])


def test_a_hold_keeps_its_history(house: Caller, wallet: Wallet, hold: int) -> None:
    captured = house.post(f"/holds/{hold}/capture", {"amount": amount("15")}, key="c")
    again = house.post(f"/holds/{hold}/capture", {"amount": amount("15")}, key="c")
    released = house.post(f"/holds/{hold}/release", {"amount": amount("25")})

    assert (captured.status, again.replayed, released.status) == (201, True, 201)
    assert again.raw == captured.raw
    shown = house.get(f"/holds/{hold}").body
    assert (shown["state"], shown["rest"], shown["reason"]) == (
        "captured",
        amount("0.00"),
        "order 7",
    )
    assert [(move["event"], move["amount"]["amount"]) for move in shown["moves"]] == [
        ("capture", "15.00"),
        ("release", "25.00"),
    ]
    assert figures(wallet) == ("85.00", "0.00", "0.00")


@pytest.mark.parametrize("step", ["capture", "release"])
def test_more_than_the_rest_is_refused(step: str, house: Caller, wallet: Wallet, hold: int) -> None:
    reply = house.post(f"/holds/{hold}/{step}", {"amount": amount("40.01")})

    assert (reply.status, reply.code) == (409, "hold_exceeded")
    assert reply.body["allowed"] == "at most 40.00 CNY"
    assert figures(wallet) == ("60.00", "0.00", "40.00")


def test_a_closed_hold_gives_nothing(house: Caller, hold: int) -> None:
    house.post(f"/holds/{hold}/release", {"amount": amount("40")})

    assert house.post(f"/holds/{hold}/capture", {"amount": amount("1")}).code == "hold_closed"


def test_holds_are_listed_newest_first(house: Caller, wallet: Wallet, hold: int) -> None:
    second = house.post("/freeze", {"wallet": wallet.number, "amount": amount("1")}).body["hold"]
    house.post(f"/holds/{hold}/release", {"amount": amount("40")})

    every = house.get("/holds", wallet=wallet.number).body["data"]
    still_open = house.get("/holds", wallet=wallet.number, state="open").body["data"]

    assert [row["number"] for row in every] == [second, hold]
    assert [row["number"] for row in still_open] == [second]


def test_a_dry_run_leaves_the_hold_as_it_is(house: Caller, wallet: Wallet, hold: int) -> None:
    reply = house.post(f"/holds/{hold}/capture", {"amount": amount("40")}, dry_run="true")

    assert reply.body["wallets"][0]["figures"]["frozen"] == amount("0.00")
    assert house.get(f"/holds/{hold}").body["rest"] == amount("40.00")


@pytest.mark.rule("T14")
def test_a_foreign_hold_is_answered_as_an_absent_one(
    theirs: Wallet, wallet: Wallet, hold: int
) -> None:
    other = a_key(customer=theirs.owner)

    assert other.get(f"/holds/{hold}").code == other.get("/holds/9999").code == "unknown_hold"
    assert other.get("/holds", wallet=wallet.number).code == "unknown_wallet"
