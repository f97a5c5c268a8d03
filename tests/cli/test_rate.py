"""`tael rate`."""

from __future__ import annotations

import pytest


@pytest.mark.rule("F-12")
def test_rates_are_set_and_kept_as_a_history(tael):
    tael.json("rate", "set", "CNY", "USD", "0.14", "--at", "2026-03-01")
    tael.json("rate", "set", "CNY", "USD", "0.141", "--at", "2026-03-02")

    (now,) = tael.json("rate", "list")["data"]
    (then,) = tael.json("rate", "list", "--at", "2026-03-01T12:00:00Z")["data"]
    history = tael.json("rate", "history", "CNY", "USD")["data"]

    assert (now["value"], then["value"]) == ("0.141", "0.14")
    assert [row["value"] for row in history] == ["0.141", "0.14"]
    assert tael.refusal("rate", "set", "USD", "CNY", "8")["code"] == "rate_would_gain"
    assert tael.refusal("rate", "set", "USD", "CNY", "x")["code"] == "rate_malformed"
