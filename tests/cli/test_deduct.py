"""`tael deduct`."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures


@pytest.mark.rule("F-26", "F-27")
def test_a_charge_takes_locked_money_first(tael):
    wallet = a_wallet(free="10", locked="3")

    tael.json("deduct", "--wallet", wallet.number, "--amount", "4")

    assert figures(wallet) == ("9.00", "0.00", "0.00")


@pytest.mark.rule("F-26")
def test_a_charge_on_frozen_money_captures_its_hold(tael):
    wallet = a_wallet(free="10")
    hold = tael.json("freeze", "--wallet", wallet.number, "--amount", "4")["hold"]

    tael.json("deduct", "--wallet", wallet.number, "--amount", "1", "--hold", hold)
    tael.json("deduct", "--wallet", wallet.number, "--amount", "1", "--from", "frozen")
    over = tael.refusal("deduct", "--wallet", wallet.number, "--amount", "3", "--from", "frozen")

    assert over["code"] == "insufficient_funds"
    assert figures(wallet) == ("6.00", "0.00", "2.00")
