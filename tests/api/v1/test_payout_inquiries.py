"""Unknown outcomes over HTTP: what is asked about them, and where a channel is asked."""

from __future__ import annotations

import pytest

from api.client import Caller
from settlement.payouts.test_inquiry import AFTER, ask_at, unknown
from settlement_remittance_builders import a_limit

pytestmark = pytest.mark.rule("A7")


def test_what_is_unknown_is_listed_with_its_asks_and_answered_by_two(
    house: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    at = "/status-services/Alipay"
    address = {"address": "http://127.0.0.1:9/payouts"}
    made = house.post(f"{at}/address", address, key="once").body
    assert made["secret"] == house.post(f"{at}/address", address, key="once").body["secret"]
    assert house.get("/status-services").body["data"][0]["secret"] is None
    assert house.post(f"{at}/secret", {}).body["secret"] != made["secret"]
    (row,) = unknown()
    ask_at(AFTER)

    (seen,) = house.get("/unknown-payouts?queue=asking").body["data"]

    assert (seen["withdrawal"], seen["queue"]) == (row.withdrawal_id, "asking")
    assert [ask["verdict"] for ask in seen["asks"]] == ["unanswered"]
    assert house.post(f"{at}/stop", {}).body["address"] == ""
    assert house.get("/unknown-payouts?queue=asking").body["data"] == []
    assert house.post(f"{at}/secret", {}).code == "status_service_missing"
    a_limit("1.00", command="settlement.answer_payout")
    said = {"withdrawal": row.withdrawal_id, "outcome": "paid", "reason": "their letter"}
    done = house.post(f"/payout-batches/{row.batch_id}/answer", said)
    assert done.body["proposal"]["state"] == "proposed"
    assert house.get("/unknown-payouts?queue=person").body["data"][0]["asks"] == seen["asks"]
