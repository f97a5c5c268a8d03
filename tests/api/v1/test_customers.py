"""Customers over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


@pytest.mark.rule("E-02", "F-10")
def test_a_customer_is_registered_shown_and_listed(house: Caller) -> None:
    made = house.post("/customers", {"name": "李華"}, key=None)
    taken = house.post("/customers", {"name": "x", "number": made.body["number"]}, key=None)

    assert (made.status, made.body["name"]) == (201, "李華")
    assert (taken.status, taken.code) == (409, "customer_exists")
    assert house.get(f"/customers/{made.body['number']}").body == made.body
    assert [row["name"] for row in house.get("/customers", text="李").body["data"]] == ["李華"]


@pytest.mark.rule("F-38")
def test_a_name_is_one_line_of_text(house: Caller) -> None:
    for name in ("", " ", "a\nb", "x" * 201, "a\u0000b"):
        reply = house.post("/customers", {"name": name}, key=None)

        assert (reply.status, reply.code, reply.body["field"]) == (422, "text_malformed", "name")


@pytest.mark.rule("F-38")
def test_a_stopped_customer_moves_nothing_until_he_is_enabled(
    house: Caller, wallet: Wallet
) -> None:
    path = f"/customers/{wallet.owner}"
    body = {"wallet": wallet.number, "amount": amount("1")}

    stopped = house.post(f"{path}/disable", {"reason": "checked"}, key=None).body
    refused = house.post("/deduct", body, key="k")
    house.post(f"{path}/enable", {"reason": "cleared"}, key=None)
    done = house.post("/deduct", body, key="k")

    assert (stopped["disabled"], stopped["disabled_reason"]) == (True, "checked")
    assert (refused.status, refused.code) == (403, "customer_disabled")
    assert done.status == 201


@pytest.mark.rule("T23")
def test_customers_come_in_pages_of_at_most_200(house: Caller) -> None:
    for number in range(1, 204):
        house.post("/customers", {"name": f"c{number}", "number": number}, key=None)

    first = house.get("/customers", limit=200).body
    rest = house.get("/customers", limit=200, cursor=first["next_cursor"]).body

    assert (len(first["data"]), len(rest["data"])) == (200, 3)
    assert (first["has_more"], rest["has_more"]) == (True, False)


@pytest.mark.rule("T14")
def test_a_customer_sees_himself_only(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)

    assert [row["number"] for row in own.get("/customers").body["data"]] == [wallet.owner]
    assert own.get(f"/customers/{theirs.owner}").code == "unknown_customer"
    assert own.get("/customers/4711").code == "unknown_customer"
