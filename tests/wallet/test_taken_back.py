from __future__ import annotations

import pytest

from builders import a_wallet, an_instruction, money
from tael.wallet.deduct import deduct
from tael.wallet.refund import refund
from tael.wallet.taken_back import taken_back_by

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-27")
def test_the_records_that_take_an_entry_back_are_found_newest_first():
    wallet = a_wallet(free="10.00")
    bought = deduct(wallet=wallet, amount=money("4.00"), instruction=an_instruction()).entry_id
    other = deduct(wallet=wallet, amount=money("4.00"), instruction=an_instruction()).entry_id
    parts = [
        refund(entry_id=bought, amount=money(part), instruction=an_instruction()).entry_id
        for part in ("1.00", "2.00")
    ]

    assert [record.id for record in taken_back_by(bought)] == parts[::-1]
    assert taken_back_by(other) == []
