"""`tael reverse`."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures


@pytest.mark.rule("F-27")
def test_a_charge_is_taken_back_in_parts(tael):
    wallet = a_wallet(free="10", locked="3")
    flow = tael.json("deduct", "--wallet", wallet.number, "--amount", "4")["flow"]

    tael.json("reverse", flow, "--amount", "1")
    assert figures(wallet) == ("10.00", "0.00", "0.00")
    tael.json("reverse", flow)

    assert figures(wallet) == ("13.00", "3.00", "0.00")
    assert tael.refusal("reverse", flow)["code"] == "already_reversed"
    assert tael.refusal("reverse", 999)["code"] == "unknown_entry"
