"""Proposals and approval limits over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from api.client import Caller, a_key
from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import a_proposal, told

pytestmark = pytest.mark.rule("I32")


def waiting(account: Any, text: str = "-30.00") -> int:
    now = datetime.now(UTC)  # noqa: TID251 - as the door does
    return int(a_proposal(account, text, instruction=told(at=now)).pk)


def test_a_proposal_is_shown_with_what_it_changes_and_approved_once(house: Caller) -> None:
    account = a_merchant_account()
    number = waiting(account)

    shown = house.get(f"/proposals/{number}").body
    looked = house.post(f"/proposals/{number}/approve", dry_run="true")
    done = house.post(f"/proposals/{number}/approve", key="yes")
    again = house.post(f"/proposals/{number}/approve", key="yes")
    other = house.post(f"/proposals/{number}/approve")

    assert {"field": "balance", "before": 0, "after": None} in shown["differences"]
    assert (shown["amount"]["amount"], shown["state"]) == ("-30.00", "proposed")
    assert (looked.body["dry_run"], looked.body["outcome"]) == (True, None)
    assert (done.body["state"], done.body["decided_by"]) == ("approved", house.actor)
    assert (again.replayed, again.raw) == (True, done.raw)
    assert (other.status, other.code) == (409, "proposal_decided")
    assert amount_of(account) == "-30.00"


def test_a_proposal_is_refused_with_a_reason(house: Caller) -> None:
    account = a_merchant_account()
    number = waiting(account)

    empty = house.post(f"/proposals/{number}/refuse", {"reason": " "})
    done = house.post(f"/proposals/{number}/refuse", {"reason": "not so"})

    assert (empty.status, empty.code) == (422, "text_malformed")
    assert (done.body["state"], done.body["reason"]) == ("refused", "not so")
    assert house.post(f"/proposals/{number}/refuse", {"reason": "no"}).code == "proposal_decided"
    assert amount_of(account) == "0.00"


def test_the_inbox_is_filtered(house: Caller) -> None:
    account = a_merchant_account()
    first, second = waiting(account), waiting(account, "-40.00")
    house.post(f"/proposals/{first}/refuse", {"reason": "no"})

    def numbers(**query: Any) -> list[int]:
        return [row["number"] for row in house.get("/proposals", **query).body["data"]]

    assert numbers() == [second, first]
    assert numbers(state="proposed") == [second]
    assert numbers(command="settlement.terms") == []
    assert numbers(subject=f"merchant_account:{account.number}") == [second, first]
    assert house.post(f"/proposals/{second}/withdraw").code == "unknown_proposal"  # not its own
    assert house.get("/proposals/999999").status == 404


def test_limits_are_set_and_lifted(house: Caller) -> None:
    typed = {"command": "settlement.adjust", "currency": "CNY"}

    never = house.post("/approval-limits", typed)
    done = house.post("/approval-limits", {**typed, "amount": "10.00"})

    assert (never.body["amount"], never.body["set_at"]) == (None, None)
    assert done.body["amount"] == {"amount": "10.00", "currency": "CNY"}
    assert house.get("/approval-limits").body["data"] == [done.body]
    assert house.post("/approval-limits", typed).body["amount"] is None
    assert house.post("/approval-limits", {**typed, "command": "x"}).code == "unknown_command"
    assert a_key("settings:read").post("/approval-limits", typed).code == "scope_missing"
