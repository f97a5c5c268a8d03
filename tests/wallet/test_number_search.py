from __future__ import annotations

import pytest

from builders import a_wallet, an_instruction, money
from tael.wallet.freeze import freeze
from tael.wallet.number_search import named_by
from tael.wallet.recharge import recharge

pytestmark = pytest.mark.usefixtures("db")


def test_a_number_names_everything_that_goes_by_it():
    wallet = a_wallet(free="2.00")
    hold = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold
    receipt = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(pno="P-7"))

    assert named_by(str(wallet.number)).wallet
    assert named_by(str(wallet.owner)).customer == "Li Hua"
    assert named_by(str(receipt.entry_id)).record
    assert named_by(str(hold)).held_in == wallet.number
    assert [one.id for one in named_by("P-7").by_pno] == [receipt.entry_id]
    assert [one.id for one in named_by(receipt.sno).by_sno] == [receipt.entry_id]


@pytest.mark.parametrize("text", ["0", "9" * 19, "9" * 60, "x", "-1", "١٢٣", "1 OR 1=1", "é" * 90])
def test_what_names_nothing_finds_nothing(text):
    a_wallet()
    number, wallet, customer, record, order, held_in, *records = named_by(text)

    assert (wallet, customer, record, order, held_in, records) == (
        False,
        None,
        False,
        False,
        None,
        [[], [], []],
    )
    assert number is None or number == int(text)
