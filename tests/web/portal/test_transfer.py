"""Sending money: whose number it is is seen before, and only as much of the name as is needed."""

from __future__ import annotations

import pytest

from builders import AT, a_customer, a_wallet, figures
from tael.wallet.wallet import disable_wallet
from web.portal.conftest import plain


@pytest.mark.parametrize("by", ["wallet", "customer"])
def test_the_masked_name_is_shown_before_and_the_money_arrives_after(browser, wallet, other, by):
    to = str(other.number if by == "wallet" else other.owner)
    page, confirmed = browser.checked(
        "/portal/transfer", wallet=str(wallet.number), by=by, to=to, amount="30.00"
    )
    assert "W*** W**" in plain(page)
    assert "Wang Wei" not in page
    assert figures(other)[0] == "500.00"

    where = browser.send("/portal/transfer", **confirmed)["Location"]

    assert figures(wallet) == ("1070.00", "100.00", "0.00")
    assert figures(other)[0] == "530.00"
    assert "Wang Wei" not in browser.read(where)


@pytest.mark.rule("T9")
def test_two_clicks_send_once(browser, wallet, other):
    _, confirmed = browser.checked(
        "/portal/transfer",
        wallet=str(wallet.number),
        by="wallet",
        to=str(other.number),
        amount="30",
    )

    answers = [browser.send("/portal/transfer", **confirmed)["Location"] for _ in range(3)]

    assert len(set(answers)) == 1
    assert figures(other)[0] == "530.00"


def test_the_receiver_sees_the_record_with_the_senders_name_masked(
    browser, wallet, other, stranger
):
    where = browser.done(
        "/portal/transfer",
        wallet=str(wallet.number),
        by="wallet",
        to=str(other.number),
        amount="30",
    )

    page = stranger.read(where)

    assert "L* H**" in plain(page)
    assert "Li Hua" not in page.replace("Li Hua</", "", 1) or "customer 10012" in page
    assert f"/portal/wallets/{wallet.number}" not in page


def test_a_customer_without_a_wallet_of_the_currency_gets_one(browser, wallet):
    nobody = a_customer(10077, "Zoe")

    where = browser.done(
        "/portal/transfer", wallet=str(wallet.number), by="customer", to=str(nobody), amount="5"
    )

    assert "5.00" in plain(browser.read(where))


def test_locked_money_is_refused_with_what_may_leave(browser, wallet, other):
    form = browser.form(
        "/portal/transfer",
        wallet=str(wallet.number),
        by="wallet",
        to=str(other.number),
        amount="1050",
    )

    answer = browser.send("/portal/transfer", **form, step="check")

    assert answer.status_code == 409
    assert "at most 1000.00 CNY" in answer.content.decode()


@pytest.mark.parametrize("to", ["", "0", "-1", "999999", "abc", "9" * 30, "１００"])
@pytest.mark.parametrize("by", ["wallet", "customer", "nonsense"])
def test_nobody_is_refused_beside_the_field(browser, wallet, by, to):
    form = browser.form("/portal/transfer", wallet=str(wallet.number), by=by, to=to, amount="1")

    answer = browser.send("/portal/transfer", **form, step="confirm")

    assert answer.status_code == 404
    assert 'id="field-to-wrong"' in answer.content.decode()


def test_a_receiver_that_cannot_be_is_refused_beside_the_field(browser, wallet):
    dollars = a_wallet(owner=a_customer(10055), currency="USD")
    off = a_wallet(owner=dollars.owner)
    disable_wallet(wallet=off, actor="user:10000", at=AT, reason="a check")
    for to in (wallet.number, dollars.number, off.number):
        form = browser.form(
            "/portal/transfer", wallet=str(wallet.number), by="wallet", to=str(to), amount="1"
        )
        answer = browser.send("/portal/transfer", **form, step="confirm")
        assert answer.status_code in {400, 403, 409}
        assert 'id="field-to-wrong"' in answer.content.decode()

    assert figures(wallet)[0] == "1100.00"
