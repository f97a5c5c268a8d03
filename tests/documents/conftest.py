"""A wallet on which everything happened, and some of it with texts that mean something elsewhere."""

from __future__ import annotations

import pytest

from builders import a_busy_wallet, an_instruction, money
from documents.nasty_texts import NASTY
from tael.wallet.recharge import recharge


@pytest.fixture
def wallet(db):
    wallet, _after = a_busy_wallet()
    for text in NASTY:
        recharge(
            wallet=wallet,
            amount=money("1234.50"),
            instruction=an_instruction(channel="Alipay", info=text),
        )
    return wallet
