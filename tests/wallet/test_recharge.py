from __future__ import annotations

import pytest
from builders import a_customer, a_wallet, an_instruction, figures, money, withdrawable

from tael.wallet.recharge import recharge, recharge_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-23", "F-39")
def test_a_recharge_is_liquid_at_once():
    wallet = a_wallet()

    receipt = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    assert figures(wallet) == ("1.00", "0.00", "0.00")
    assert receipt.wallets[wallet.number].liquid == money("1.00")


@pytest.mark.rule("F-23")
def test_the_first_recharge_opens_the_wallet():
    customer = a_customer()

    receipt = recharge_customer(owner=customer, amount=money("1.00"), instruction=an_instruction())

    (number,) = receipt.wallets
    assert number == 100001
    assert receipt.wallets[number].withdrawable == money("1.00")
