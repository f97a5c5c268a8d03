"""Redeeming a card: its worth is shown, it is used once, and a wrong code tells nothing."""

from __future__ import annotations

import pytest

from builders import an_instruction, figures, money
from tael.wallet.card import issue_cards
from web.portal.conftest import plain


def a_card(*, spend_only: bool = False) -> str:
    issued = issue_cards(
        amount=money("50.00"), count=1, spend_only=spend_only, instruction=an_instruction()
    )
    return issued.codes[0]


def test_a_card_is_shown_then_used_once(browser, wallet):
    code = a_card(spend_only=True)
    form = browser.form("/portal/redeem", code=code.lower())
    page, confirmed = browser.checked("/portal/redeem", **form)
    assert "The card is worth 50.00 CNY" in plain(page)
    assert "locked" in plain(page)
    assert figures(wallet)[0] == "1100.00"

    places = [browser.send("/portal/redeem", **confirmed)["Location"] for _ in range(2)]
    places.append(browser.send("/portal/redeem", **form, step="check")["Location"])

    assert len(set(places)) == 1
    assert figures(wallet) == ("1150.00", "150.00", "0.00")


def test_a_card_of_a_currency_without_a_wallet_opens_one(browser, wallet):
    issued = issue_cards(amount=money("9.00", "USD"), count=1, instruction=an_instruction())

    browser.done("/portal/redeem", code=issued.codes[0])

    assert "9.00" in plain(browser.read("/portal/wallets"))


def test_a_used_card_is_refused_to_the_next(browser, stranger, wallet, other):
    code = a_card()
    browser.done("/portal/redeem", code=code)

    form = stranger.form("/portal/redeem", code=code)
    answer = stranger.send("/portal/redeem", **form, step="confirm")

    assert answer.status_code == 409
    assert "has been used" in answer.content.decode()


@pytest.mark.parametrize("code", ["", "x", "0" * 18, "\x00", "é" * 10, "1" * 2000])
def test_what_is_no_code_is_refused(browser, wallet, code):
    form = browser.form("/portal/redeem", code=code)

    for step in ("check", "confirm"):
        answer = browser.send("/portal/redeem", **form, step=step)
        assert answer.status_code in {400, 404}

    assert figures(wallet)[0] == "1100.00"
