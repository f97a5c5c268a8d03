"""Adjustments and collections over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from api.client import Caller, a_key
from builders import a_customer, a_wallet
from settlement_builders import a_merchant_account, amount_of, some_terms
from settlement_remittance_builders import a_limit, an_adjustment


def wrong(account: Any, text: str) -> dict[str, Any]:
    return {
        "account": account.number,
        "amount": {"amount": text, "currency": "CNY"},
        "reason": "billed twice",
    }


@pytest.mark.rule("B-03")
def test_an_account_is_adjusted_once(house: Caller) -> None:
    account = a_merchant_account()

    done = house.post("/adjustments", wrong(account, "-30.00"), key="one")
    again = house.post("/adjustments", wrong(account, "-30.00"), key="one")
    reused = house.post("/adjustments", wrong(account, "30.00"), key="one")

    made = done.body["adjustment"]
    assert (done.status, made["amount"]["amount"]) == (201, "-30.00")
    assert (again.replayed, again.body) == (True, done.body)
    assert (reused.status, reused.code) == (422, "key_reused")
    assert amount_of(account) == "-30.00"
    assert house.get(f"/adjustments/{made['number']}").body == made
    assert house.get("/adjustments", account=account.number).body["data"] == [made]


@pytest.mark.rule("I32")
def test_above_the_limit_it_waits_for_a_second_key(house: Caller) -> None:
    account = a_merchant_account()
    a_limit("10.00")

    asked = house.post("/adjustments", wrong(account, "-30.00"))
    number = asked.body["proposal"]["number"]
    own = house.post(f"/proposals/{number}/approve")
    done = a_key().post(f"/proposals/{number}/approve", key="yes")

    assert (asked.body["adjustment"], own.code) == (None, "own_proposal")
    assert (done.body["state"], amount_of(account)) == ("approved", "-30.00")


@pytest.mark.rule("B-25")
def test_a_debt_is_collected_once(house: Caller) -> None:
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    wallet = a_wallet(owner=owner, free="50.00")
    some_terms(account, collect_from=wallet.number)
    an_adjustment(account, "-80.00")
    where = f"/merchant-accounts/{account.number}/collect"

    done = house.post(where, key="one")
    again = house.post(where, key="one")
    more = house.post(where)

    assert (done.status, done.body["amount"]["amount"]) == (201, "50.00")
    assert (again.replayed, again.body) == (True, done.body)
    assert (more.status, more.code) == (409, "nothing_to_collect")
    assert amount_of(account) == "-30.00"
    listed = a_key(customer=owner).get("/collections").body["data"]
    assert [row["number"] for row in listed] == [done.body["number"]]


def test_a_merchant_sees_his_own_and_makes_none(house: Caller) -> None:
    account, other = a_merchant_account(), a_merchant_account()
    own, foreign = an_adjustment(account, "1.00"), an_adjustment(other, "2.00")
    merchant = a_key(customer=account.owner)
    assert len(house.get("/adjustments").body["data"]) == 2

    assert [row["number"] for row in merchant.get("/adjustments").body["data"]] == [own.pk]
    assert merchant.get(f"/adjustments/{own.pk}").body["made_by"] is None, "that is the house's"
    assert house.get(f"/adjustments/{own.pk}").body["made_by"] is not None
    assert merchant.get(f"/adjustments/{foreign.pk}").status == 404
    assert merchant.get("/approval-limits").code == "scope_missing"
    assert merchant.post("/adjustments", wrong(account, "1.00")).code == "scope_missing"
