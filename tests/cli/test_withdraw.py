"""`tael withdraw`."""

from __future__ import annotations

import pytest

from builders import a_payee, a_wallet, figures


@pytest.mark.rule("F-32")
def test_money_leaves_from_liquid_or_frozen_funds(tael):
    wallet = a_wallet(free="10", locked="1")
    words = ("withdraw", "--wallet", wallet.number, "--payee", a_payee(wallet.owner))
    tael.json("freeze", "--wallet", wallet.number, "--amount", "4")

    tael.json(*words, "--amount", "5", "--channel", "Alipay")
    tael.json(*words, "--amount", "3", "--from", "frozen")

    assert figures(wallet) == ("2.00", "1.00", "1.00")
    assert tael.refusal(*words, "--amount", "1.01")["code"] == "locked_funds"


def test_it_goes_to_the_owners_own_payee_account(tael):
    wallet, other = a_wallet(free="10"), a_wallet()

    said = tael.refusal(
        "withdraw", "--wallet", wallet.number, "--payee", a_payee(other.owner), "--amount", "5"
    )

    assert said["code"] == "unknown_payee"
