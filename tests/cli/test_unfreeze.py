"""`tael unfreeze`."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures


@pytest.mark.rule("F-31")
def test_frozen_money_comes_back_from_one_hold_or_from_the_oldest(tael):
    wallet = a_wallet(free="10")
    tael.json("freeze", "--wallet", wallet.number, "--amount", "4")
    second = tael.json("freeze", "--wallet", wallet.number, "--amount", "2")["hold"]

    tael.json("unfreeze", "--wallet", wallet.number, "--amount", "2", "--hold", second)
    tael.json("unfreeze", "--wallet", wallet.number, "--amount", "3")

    assert figures(wallet) == ("9.00", "0.00", "1.00")
    assert (
        tael.refusal("unfreeze", "--wallet", wallet.number, "--amount", "1", "--hold", second)[
            "code"
        ]
        == "hold_closed"
    )
