"""`tael channel`."""

from __future__ import annotations

import pytest


@pytest.mark.rule("F-03", "F-04")
def test_a_channel_is_added_changed_and_switched(tael):
    tael.json("channel", "add", "UnionPay", "--name", "銀聯", "--currencies", "CNY")

    assert tael.json("channel", "change", "UnionPay", "--currencies", "CNY,USD")["currencies"] == (
        "CNY,USD"
    )
    assert tael.json("channel", "disable", "UnionPay")["enabled"] is False
    assert tael.json("channel", "enable", "UnionPay")["enabled"] is True
    assert "銀聯" in tael("channel", "list").stdout
    assert tael.refusal("channel", "add", "unionpay", "--name", "x")["code"] == "channel_exists"
    assert tael.refusal("channel", "disable", "Nowhere")["code"] == "unknown_channel"
