"""Bill runs over HTTP: started, gone on with, watched; what could not be billed with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from builders import STAFF
from settlement_builders import a_merchant_account, a_record
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
)

if TYPE_CHECKING:
    from api.client import Caller

pytestmark = pytest.mark.rule("B-20", "A8")
NOW = datetime(2026, 11, 2, tzinfo=UTC)


def test_a_run_bills_what_is_due_and_parks_what_cannot_be_billed(house: Caller) -> None:
    good, off = a_merchant_account(), a_merchant_account()
    a_record(good, "40.00")
    a_record(off, "7.00")
    disable_merchant_account(account=off, actor=STAFF, at=NOW, reason="fraud")

    run = house.post("/bill-runs", {"day": "2026-11-01"}).body
    items = house.get(f"/bill-runs/{run['number']}/items?state=parked").body["data"]

    assert (run["periods"], run["done"], run["parked"], run["bills"]) == (2, 1, 1, 1)
    assert (run["state"], run["goes_on"]) == ("running", False)
    assert [(one["account"], one["bill"]) for one in items] == [(off.number, None)]
    assert items[0]["reason"].startswith("account_blocked")

    enable_merchant_account(account=off, actor=STAFF, at=NOW, reason="cleared")
    again = house.post("/bill-runs", {"day": "2026-11-01"}).body
    assert (again["number"], again["state"], again["bills"]) == (run["number"], "finished", 2)
    assert house.get(f"/bill-runs/{run['number']}").body == again
    assert house.get("/bill-runs").body["data"] == [again]


def test_a_day_that_has_not_begun_is_refused(house: Caller) -> None:
    answer = house.post("/bill-runs", {"day": "2999-01-01"})

    assert (answer.status, answer.code) == (422, "bill_run_too_early")
    assert house.get("/bill-runs").body["data"] == []
    assert house.get("/bill-runs/9").code == "unknown_bill_run"
