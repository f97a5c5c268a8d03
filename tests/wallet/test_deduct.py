from __future__ import annotations

import pytest

from builders import a_wallet, an_instruction, figures, in_parallel, money, withdrawable
from tael import books, ledger
from tael.channels.house import house_account
from tael.wallet.booking import InsufficientFunds
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-26", "F-27", "F-08", "F-39")
def test_consumption_takes_locked_money_first_and_the_rest_from_free():  # X-F8
    wallet = a_wallet(free="900.00", locked="100.00")

    deduct(wallet=wallet, amount=money("150.00"), instruction=an_instruction())

    assert figures(wallet) == ("850.00", "0.00", "0.00")
    assert withdrawable(wallet) == "850.00"


@pytest.mark.rule("F-27", "F-09")
def test_consumption_below_the_locked_part_leaves_the_withdrawable_alone():  # X-F9
    wallet = a_wallet(free="900.00", locked="100.00")

    deduct(wallet=wallet, amount=money("30.00"), instruction=an_instruction())

    assert figures(wallet) == ("970.00", "70.00", "0.00")
    assert withdrawable(wallet) == "900.00"


@pytest.mark.rule("F-08", "F-09")
def test_all_liquid_money_can_be_consumed_and_not_a_fen_more():  # X-F7
    wallet = a_wallet(free="900.00", locked="100.00")

    with pytest.raises(InsufficientFunds) as refused:
        deduct(wallet=wallet, amount=money("1000.01"), instruction=an_instruction())
    deduct(wallet=wallet, amount=money("1000.00"), instruction=an_instruction())

    assert refused.value.there == "withdrawable 900.00 CNY, locked 100.00 CNY, frozen 0.00 CNY"
    assert figures(wallet) == ("0.00", "0.00", "0.00")


@pytest.mark.rule("F-26")
def test_what_is_deducted_is_the_houses_income():
    wallet = a_wallet(free="1.00")

    deduct(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    assert ledger.balance(books.connection(), house_account("income", "CNY")) == 100


@pytest.mark.rule("F-26", "F-07", "F-39")
def test_a_deduction_from_frozen_never_tops_up_from_liquid():
    wallet = a_wallet(free="100.00")
    freeze(wallet=wallet, amount=money("10.00"), instruction=an_instruction())

    with pytest.raises(InsufficientFunds) as refused:
        deduct(wallet=wallet, amount=money("10.01"), source="frozen", instruction=an_instruction())
    receipt = deduct(
        wallet=wallet, amount=money("10.00"), source="frozen", instruction=an_instruction()
    )

    assert refused.value.allowed == "at most 10.00 CNY"
    assert figures(wallet) == ("90.00", "0.00", "0.00")
    assert receipt.wallets[wallet.number].frozen == money("0.00")


@pytest.mark.rule("F-27")
def test_parallel_consumption_never_takes_more_than_there_is():
    wallet = a_wallet(free="5.00", locked="5.00")
    amount = money("1.00")

    answers = in_parallel(
        *(
            lambda key=key: deduct(
                wallet=wallet, amount=amount, instruction=an_instruction(f"spend-{key}")
            )
            for key in range(16)
        )
    )

    assert sum(isinstance(answer, InsufficientFunds) for answer in answers) == 6
    assert figures(wallet) == ("0.00", "0.00", "0.00")
