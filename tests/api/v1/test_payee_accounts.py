"""Payee accounts over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("E-07", "A-F16")

BANK: dict[str, Any] = {"kind": "bank", "holder": "Li Hua", "details": {"account": "6222 0000"}}


def test_an_account_is_added_shown_and_closed(house: Caller, wallet: Wallet) -> None:
    path = f"/customers/{wallet.owner}/payee-accounts"
    made = house.post(path, BANK, key=None)
    one = f"{path}/{made.body['number']}"

    closed = house.post(f"{one}/close", key=None)
    withdraw = {"wallet": wallet.number, "amount": amount("1"), "payee": made.body["number"]}

    assert (made.status, made.body["active"]) == (201, True)
    assert closed.body["active"] is False
    assert [row["number"] for row in house.get(path).body["data"]] == [made.body["number"]]
    assert house.get(one).body == closed.body
    assert house.post("/withdraw", withdraw).code == "payee_closed"


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "Bank"},
        {"holder": ""},
        {"details": {"Account": "1"}},
        {"details": {"account": "a\nb"}},
        {"details": {f"d{n}": "1" for n in range(21)}},
    ],
)
def test_what_cannot_be_kept_is_refused(
    other: dict[str, Any], house: Caller, wallet: Wallet
) -> None:
    reply = house.post(f"/customers/{wallet.owner}/payee-accounts", {**BANK, **other}, key=None)

    assert reply.status == 422
    assert house.get(f"/customers/{wallet.owner}/payee-accounts").body["data"] == []


@pytest.mark.rule("T14")
def test_another_customers_accounts_are_out_of_reach(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    path = f"/customers/{wallet.owner}/payee-accounts"
    number = house.post(path, BANK, key=None).body["number"]
    other = a_key(customer=theirs.owner)

    assert other.get(path).code == "unknown_customer"
    assert other.post(path, BANK, key=None).code == "unknown_customer"
    foreign = f"/customers/{theirs.owner}/payee-accounts/{number}"
    assert other.get(foreign).code == house.get(foreign).code == "unknown_payee"
