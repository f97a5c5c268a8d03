"""Where locked money came from: newest credits first, and what came first counted as spent first."""

from __future__ import annotations

import pytest

from builders import a_wallet, an_instruction, money
from tael.wallet import locked_origin
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.locked_origin import origins_of_locked
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund


def told(wallet) -> tuple[list[tuple[str, str, str]], str]:
    found = origins_of_locked(wallet)
    credits_ = [(one.sort, one.credited.text, one.left.text) for one in found.credits]
    return credits_, found.older.text


@pytest.mark.rule("F-08")
def test_gift_and_card_are_told_apart_and_the_first_is_spent_first(db):
    wallet = a_wallet(free="10", locked="100")
    (code,) = issue_cards(
        amount=money("50"), count=1, spend_only=True, instruction=an_instruction()
    ).codes
    redeem_card(code=code, owner=wallet.owner, instruction=an_instruction())
    deduct(wallet=wallet, amount=money("30"), instruction=an_instruction())

    assert told(wallet) == ([("card", "50.00", "50.00"), ("gift", "100.00", "70.00")], "0.00")


def test_what_is_spent_is_told_no_more_and_what_is_given_back_is(db):
    wallet = a_wallet(locked="100")
    spent = deduct(wallet=wallet, amount=money("100"), instruction=an_instruction())
    assert told(wallet) == ([], "0.00")

    refund(entry_id=spent.entry_id, amount=money("40"), instruction=an_instruction())

    assert told(wallet) == ([("refund", "40.00", "40.00")], "0.00")


def test_what_lies_further_back_than_is_looked_is_one_sum(db, monkeypatch):
    wallet = a_wallet(locked="100")
    recharge(
        wallet=wallet,
        amount=money("7"),
        spend_only=True,
        instruction=an_instruction(channel="Alipay"),
    )
    monkeypatch.setattr(locked_origin, "LOOKED_THROUGH", 1)

    assert told(wallet) == ([("recharge", "7.00", "7.00")], "100.00")


def test_a_wallet_without_locked_money_has_no_origins(db):
    assert told(a_wallet(free="5")) == ([], "0.00")
