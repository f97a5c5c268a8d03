"""Remittances over HTTP: declared by one side, decided by the other, once."""

from __future__ import annotations

from typing import Any

import pytest

from api.client import Caller, a_key, amount
from builders import a_customer
from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import PAID_ON, a_remittance

pytestmark = pytest.mark.rule("B-24", "B-30", "B-31", "B-32")


def paid(account: Any, **given: Any) -> dict[str, Any]:
    return {
        "account": account.number,
        "amount": amount("80"),
        "channel": "Alipay",
        "flow_number": "F-1",
        "paid_on": PAID_ON.isoformat(),
        **given,
    }


def test_a_merchant_declares_and_the_house_confirms_once(house: Caller) -> None:
    account = a_merchant_account()
    merchant = a_key(customer=account.owner)

    made = merchant.post("/remittances", paid(account))
    assert (made.status, made.body["payer"], amount_of(account)) == (201, "merchant", "0.00")
    where = f"/remittances/{made.body['number']}"
    own = merchant.post(f"{where}/confirm")
    looked = house.post(f"{where}/confirm", dry_run="true")
    done = house.post(f"{where}/confirm", key="once")
    again = house.post(f"{where}/confirm", key="once")
    other = house.post(f"{where}/confirm")

    assert (own.status, own.code) == (403, "not_the_other_side")
    assert (looked.body["dry_run"], looked.body["entry"]) == (True, None)
    assert (done.body["state"], amount_of(account)) == ("confirmed", "80.00")
    assert (again.replayed, again.raw) == (True, done.raw)
    assert (other.status, other.code) == (409, "remittance_decided")
    assert merchant.get(where).body["entry"] == done.body["entry"]


def test_the_house_declares_and_the_merchant_disputes(house: Caller) -> None:
    account = a_merchant_account()
    merchant = a_key(customer=account.owner)

    made = house.post("/remittances", paid(account), key="one")
    again = house.post("/remittances", paid(account), key="one")
    reused = house.post("/remittances", paid(account, note="x"), key="one")
    assert house.post("/remittances", paid(account)).code == "flow_number_taken"
    where = f"/remittances/{made.body['number']}"
    done = merchant.post(f"{where}/dispute", {"reason": "nothing came"})

    assert (again.replayed, again.body) == (True, made.body)
    assert (reused.status, reused.code) == (422, "key_reused")
    assert (done.body["state"], done.body["reason"]) == ("disputed", "nothing came")
    assert amount_of(account) == "0.00"
    assert house.post("/remittances", paid(account)).status == 201  # the number is free again


def test_a_declaration_is_taken_back(house: Caller) -> None:
    account = a_merchant_account()
    number = house.post("/remittances", paid(account)).body["number"]

    done = house.post(f"/remittances/{number}/withdraw")

    assert done.body["state"] == "withdrawn"
    assert house.post(f"/remittances/{number}/withdraw").code == "remittance_decided"
    late = a_key(customer=account.owner).post(f"/remittances/{number}/dispute", {"reason": "no"})
    assert late.code == "remittance_decided"


def test_lists_are_filtered_and_a_merchant_sees_his_own(house: Caller) -> None:
    account, other = a_merchant_account(), a_merchant_account()
    one, two = a_remittance(account), a_remittance(other, side="platform")
    merchant = a_key(customer=account.owner)

    def numbers(caller: Caller, **query: Any) -> list[int]:
        return [row["number"] for row in caller.get("/remittances", **query).body["data"]]

    assert numbers(house) == [two.pk, one.pk]
    assert numbers(house, payer="platform") == [two.pk]
    assert numbers(house, account=account.number, state="declared") == [one.pk]
    assert numbers(merchant) == [one.pk]
    assert merchant.get("/remittances", owner=other.owner).status == 404
    assert merchant.get(f"/remittances/{two.pk}").status == 404
    first = house.get("/remittances", limit=1)
    assert numbers(house, cursor=first.body["next_cursor"]) == [one.pk]


def test_another_merchants_account_is_not_there(house: Caller) -> None:
    account = a_merchant_account()
    stranger = a_key(customer=a_customer())
    assert house.post("/remittances", paid(account)).status == 201

    reply = stranger.post("/remittances", paid(account))

    assert (reply.status, reply.code) == (404, "unknown_merchant_account")
    assert (
        a_key(customer=account.owner).post("/remittances", paid(account, channel="Admin")).code
        == "channel_reserved"
    )
