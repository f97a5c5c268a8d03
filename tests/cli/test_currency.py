"""`tael currency`."""

from __future__ import annotations

import pytest


@pytest.mark.rule("F-11")
def test_a_currency_is_taken_into_use_and_switched(tael):
    assert tael.json("currency", "add", "GBP")["exponent"] == 2
    own = tael.json(
        "currency", "add", "MILES", "--exponent", 0, "--kind", "points", "--name", "Miles"
    )

    assert (own["kind"], own["exponent"]) == ("points", 0)
    assert tael.json("currency", "disable", "GBP")["enabled"] is False
    assert tael.json("currency", "enable", "GBP")["enabled"] is True
    assert {"CNY", "GBP", "MILES"} <= {row["code"] for row in tael.json("currency", "list")["data"]}
    assert tael.refusal("currency", "add", "GBP")["code"] == "currency_exists"
    assert tael.refusal("currency", "add", "QQQ")["code"] == "unknown_currency"
