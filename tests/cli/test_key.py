"""`tael key`."""

from __future__ import annotations

from builders import a_customer
from tael.parties.api_key import authenticate


def test_a_key_is_made_shown_once_and_revoked(tael):
    made = tael.json("key", "create", "shop", "--scope", "wallets:read", "--scope", "books:read")

    found = authenticate(made["key"])
    assert found.scopes == ["books:read", "wallets:read"]
    assert made["key"] not in tael("key", "list").stdout
    tael.json("key", "revoke", made["number"])
    assert authenticate(made["key"]) is None
    assert tael.refusal("key", "revoke", 999)["code"] == "unknown_api_key"


def test_a_key_for_everything_is_within_what_its_customer_may(tael):
    customer = a_customer()

    every = tael.json("key", "create", "staff", "--scope", "all")["scopes"]
    his = tael.json("key", "create", "his", "--scope", "all", "--customer", customer)["scopes"]

    assert set(his) < set(every)
    first, *_ = tael.json("key", "list")["data"]
    assert (
        max(map(len, tael("key", "list").stdout.splitlines())) < 200
    )  # each scope was on one line
    assert every[-1] in tael("key", "show", first["number"]).stdout
    assert tael.refusal("key", "show", 999)["code"] == "unknown_api_key"
    assert {row["scope"] for row in tael.json("key", "scopes")["data"]} == set(every)
    assert tael.refusal("key", "create", "none")["code"] == "unknown_scope"
