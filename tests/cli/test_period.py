"""`tael period`."""

from __future__ import annotations

import pytest

from builders import a_customer, figures
from tael.wallet.wallet import find_wallet

pytestmark = pytest.mark.rule("I35")


@pytest.fixture
def charged(tael):
    a_customer(10012)
    words = ("recharge", "--owner", 10012, "--amount", "50", "--currency", "CNY")
    tael.json(*words, "--at", "2026-03-05T09:00:00Z")


@pytest.mark.rule("B-28")
@pytest.mark.usefixtures("charged")
def test_a_month_is_closed_with_its_totals_and_listed(tael):
    closed = tael.json("period", "close", "2026-03")

    assert closed["state"] == "closed"
    assert closed["closed_by"].startswith("cli")
    (cny,) = [row for row in closed["totals"] if row["closing"]["currency"] == "CNY"]
    assert [cny[name]["amount"] for name in ("opening", "came", "went", "closing")] == [
        "0.00",
        "50.00",
        "0.00",
        "50.00",
    ]
    listed = tael.json("period", "list")["data"]
    assert listed[0]["state"] == "running"
    assert [row["closing"]["amount"] for row in listed if row["currency"] == "CNY"] == ["50.00"]
    assert "2026-03" in tael("period", "list").stdout
    assert tael.json("period", "show", "2026-02")["state"] == "closed"
    assert tael.refusal("period", "close", "2026-03")["code"] == "period_not_ahead"


@pytest.mark.usefixtures("charged")
def test_what_is_dated_into_a_closed_month_is_refused(tael):
    tael.json("period", "close", "2026-03")

    for words in (
        ("recharge", "--owner", 10012),
        ("deduct", "--wallet", find_wallet(10012, "CNY").number),
        ("freeze", "--wallet", find_wallet(10012, "CNY").number),
    ):
        refused = tael.refusal(
            *words, "--amount", "1", "--currency", "CNY", "--at", "2026-03-31T12:00:00Z"
        )
        assert refused["code"] == "period_closed"

    assert figures(find_wallet(10012, "CNY"))[0] == "50.00"


def test_what_is_no_month_or_not_over_is_refused(tael):
    assert tael.refusal("period", "close", "March")["code"] == "month_malformed"
    assert tael.refusal("period", "close", "2999-01")["code"] == "month_not_over"
    assert tael.refusal("period", "list", "--before", "x")["code"] == "month_malformed"


@pytest.mark.rule("A38")
@pytest.mark.usefixtures("charged")
def test_what_is_dated_into_a_month_that_is_being_closed_needs_a_reason(tael):
    assert tael.json("period", "soft-close", "2026-03")["state"] == "closing"
    again = ("recharge", "--owner", 10012, "--amount", "1", "--currency", "CNY")
    dated = (*again, "--at", "2026-03-06T09:00:00Z")

    assert tael.refusal(*dated)["code"] == "period_closing"
    tael.json(*again)
    tael.json(*dated, "--late-reason", "found in the post")
    assert tael.json("period", "reopen", "2026-03", "--reason", "a bill is late")["state"] == "open"
    tael.json(*dated)
