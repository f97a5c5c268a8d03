"""The amounts above which withdrawals need a second person, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import a_key, amount

if TYPE_CHECKING:
    from api.client import Caller

pytestmark = pytest.mark.rule("I32")


def test_a_limit_is_set_shown_and_lifted(house: Caller) -> None:
    made = house.post("/withdrawal-limits", {"currency": "CNY", "amount": "10000.00"})
    listed = house.get("/withdrawal-limits").body["data"]
    lifted = house.post("/withdrawal-limits", {"currency": "CNY"})

    assert (made.status, made.body["amount"]) == (200, amount("10000.00"))
    assert [row["amount"] for row in listed] == [amount("10000.00")]
    assert lifted.body["amount"] is None


def test_what_is_no_limit_is_refused(house: Caller) -> None:
    assert house.post("/withdrawal-limits", {"currency": "XXX"}).code == "unknown_currency"
    assert house.post("/withdrawal-limits", {"currency": "CNY", "amount": "1.001"}).status == 422
    assert house.post("/withdrawal-limits", {"currency": "CNY", "amount": "-1"}).status == 422
    assert house.get("/withdrawal-limits").body["data"] == []


@pytest.mark.rule("T14")
def test_only_who_may_change_settings_sets_one(house: Caller) -> None:
    reply = a_key("settings:read").post("/withdrawal-limits", {"currency": "CNY", "amount": "1"})

    assert (reply.status, reply.code) == (403, "scope_missing")
