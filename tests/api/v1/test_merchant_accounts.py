"""Merchant accounts and their terms over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount
from builders import STAFF, a_customer
from settlement_builders import IN_NOVEMBER, a_merchant_account
from tael.approvals.limit import set_approval_limit

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

ZERO = {"amount": "0.00", "currency": "CNY"}


@pytest.mark.rule("B-01", "B-30")
def test_an_account_is_opened_once_and_shown(house: Caller) -> None:
    owner = a_customer(name="Corner Shop")
    body = {"owner": owner, "currency": "CNY"}

    made = house.post("/merchant-accounts", body, key=None)
    again = house.post("/merchant-accounts", body, key=None)

    assert made.status == 201
    assert made.body["amount"] == made.body["reserve"] == ZERO
    assert again.body == made.body == house.get(f"/merchant-accounts/{made.body['number']}").body
    assert house.get(f"/merchant-accounts?owner={owner}&currency=CNY").body["data"] == [made.body]
    assert house.get("/merchant-accounts?enabled=false").body["data"] == []


def test_an_account_is_switched_with_a_reason(house: Caller) -> None:
    account = a_merchant_account()
    where = f"/merchant-accounts/{account.number}"

    off = house.patch(where, {"enabled": False, "reason": "fraud"})
    on = house.patch(where, {"enabled": True, "reason": "cleared"})

    assert (off.body["enabled"], on.body["enabled"]) == (False, True)
    assert house.patch(where, {"enabled": False, "reason": ""}).code == "text_malformed"


@pytest.mark.rule("B-27", "B-33")
def test_terms_are_agreed_on_and_kept_as_a_history(house: Caller) -> None:
    where = f"/merchant-accounts/{a_merchant_account().number}/terms"
    usual = house.get(where).body
    terms = {"cycle": "week", "anchor": 3, "minimum_manual": "50", "fee": "1%", "zone": "UTC"}

    done = house.post(where, terms)
    house.post(where, {**terms, "minimum_manual": "60.00"})

    assert (usual["number"], usual["cycle"], usual["set_at"]) == (None, "month", None)
    assert done.body["proposal"] is None
    assert done.body["terms"]["minimum_manual"] == amount("50.00")
    assert house.get(where).body["minimum_manual"] == amount("60.00")
    history = house.get(f"{where}/history").body["data"]
    assert [row["minimum_manual"]["amount"] for row in history] == ["60.00", "50.00"]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"cycle": "year"}, "cycle"),
        ({"cycle": "week", "anchor": 8}, "anchor"),
        ({"settle_after": 0}, "settle_after"),
        ({"grace_hours": 2}, "grace_hours"),
        ({"minimum_manual": "-1"}, "minimum_manual"),
        ({"reserve_percent": "101"}, "reserve_percent"),
        ({"reserve_percent": "10"}, "reserve_days"),
        ({"collect_most": "5"}, "collect_most"),
        ({"reversal_style": "green"}, "reversal_style"),
        ({"zone": "Nowhere/Else"}, "zone"),
        ({"fee": "much"}, "fee"),
    ],
)
def test_a_term_that_cannot_be_agreed_on_is_named(house: Caller, terms: dict, field: str) -> None:
    where = f"/merchant-accounts/{a_merchant_account().number}/terms"

    reply = house.post(where, terms)

    assert (reply.status, reply.body["field"]) == (422, field)
    assert house.get(where).body["number"] is None


@pytest.mark.rule("I32")
def test_terms_that_take_two_people_are_proposed(house: Caller) -> None:
    set_approval_limit(
        command="settlement.terms", currency="CNY", amount=None, actor=STAFF, at=IN_NOVEMBER
    )
    from builders import money

    set_approval_limit(
        command="settlement.terms",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )
    where = f"/merchant-accounts/{a_merchant_account().number}/terms"

    done = house.post(where, {"minimum_manual": "50"})

    assert done.body["terms"] is None
    assert done.body["proposal"]
    assert house.get(where).body["number"] is None


@pytest.mark.rule("T14")
def test_a_merchants_key_reaches_his_own_accounts_only(house: Caller, wallet: Wallet) -> None:
    mine, other = a_merchant_account(owner=wallet.owner), a_merchant_account()
    key = a_key("settlement:read", customer=wallet.owner)

    assert [row["number"] for row in key.get("/merchant-accounts").body["data"]] == [mine.number]
    assert key.get(f"/merchant-accounts/{mine.number}/terms").status == 200
    for where in ("", "/terms", "/terms/history"):
        foreign = key.get(f"/merchant-accounts/{other.number}{where}")
        absent = key.get(f"/merchant-accounts/499999{where}")
        assert (
            (foreign.status, foreign.code)
            == (absent.status, absent.code)
            == (
                404,
                "unknown_merchant_account",
            )
        )
