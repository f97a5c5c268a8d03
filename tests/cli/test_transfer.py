"""`tael transfer`."""

from __future__ import annotations

import pytest

from builders import a_customer, a_wallet, figures
from tael.wallet.wallet import find_wallet


@pytest.mark.rule("F-28")
def test_money_moves_to_a_wallet_or_to_a_customer(tael):
    payer, receiver = a_wallet(free="10"), a_wallet()
    other = a_customer(10099)

    tael.json("transfer", "--wallet", payer.number, "--to-wallet", receiver.number, "--amount", "4")
    tael.json("transfer", "--wallet", payer.number, "--to", other, "--amount", "1")

    assert [figures(one)[0] for one in (payer, receiver, find_wallet(other, "CNY"))] == [
        "5.00",
        "4.00",
        "1.00",
    ]


@pytest.mark.rule("F-29")
def test_locked_money_stays(tael):
    payer, receiver = a_wallet(locked="10"), a_wallet()

    said = tael.refusal(
        "transfer", "--wallet", payer.number, "--to-wallet", receiver.number, "--amount", "4"
    )

    assert said["code"] == "locked_funds"
    assert figures(receiver)[0] == "0.00"


def test_the_receiver_is_named_once(tael):
    done = tael("transfer", "--wallet", 100001, "--amount", "4")

    assert done.exit_code == 2
    assert "Say to whom" in done.stderr
