"""A record: the receipt of what was done, for those whose wallets it concerns."""

from __future__ import annotations

import pytest

from builders import a_payee, a_rate, a_wallet, an_instruction, money
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.refund import refund
from tael.wallet.withdraw import withdraw
from web.portal.conftest import plain


def test_a_payment_and_its_refund_name_each_other(browser, wallet):
    paid = deduct(wallet=wallet, amount=money("30"), instruction=an_instruction(pno="M-17"))
    back = refund(entry_id=paid.entry_id, instruction=an_instruction())

    assert "M-17" in browser.read(f"/portal/records/{paid.entry_id}")
    page = browser.read(f"/portal/records/{back.entry_id}")
    assert f"/portal/records/{paid.entry_id}" in page
    assert "taken back" in page


def test_an_exchange_shows_both_sides_and_the_rate(browser, wallet):
    a_rate("CNY/USD", "0.14")
    dollars = a_wallet(owner=wallet.owner, currency="USD")
    done = exchange(
        source=wallet, target=dollars, amount=money("100"), instruction=an_instruction()
    )

    shown = plain(browser.read(f"/portal/records/{done.entry_id}"))

    assert "1 CNY = 0.14 USD" in shown
    assert "14.00 USD" in shown


def test_a_withdrawal_names_its_payee_account(browser, wallet):
    done = withdraw(
        wallet=wallet,
        amount=money("1"),
        payee=a_payee(wallet.owner),
        instruction=an_instruction(channel="Alipay"),
    )

    assert "Payee account" in browser.read(f"/portal/records/{done.entry_id}")


def test_done_is_said_only_right_after_and_a_reload_does_nothing(browser, wallet):
    done = deduct(wallet=wallet, amount=money("1"), instruction=an_instruction())

    assert "This is your receipt" in browser.read(f"/portal/records/{done.entry_id}?done=1")
    assert "This is your receipt" not in browser.read(f"/portal/records/{done.entry_id}")


@pytest.mark.rule("T14")
def test_anothers_record_is_answered_as_one_that_does_not_exist(stranger, wallet):
    done = deduct(wallet=wallet, amount=money("1"), instruction=an_instruction())

    foreign = stranger.get(f"/portal/records/{done.entry_id}")
    absent = stranger.get("/portal/records/999999")

    assert foreign.status_code == absent.status_code == 404
    assert plain(foreign.content.decode()) == plain(absent.content.decode())
