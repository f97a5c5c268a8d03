"""Withdrawing: what may leave, applied for once, cancelled once, and others' as if they were not there."""

from __future__ import annotations

import pytest

from builders import a_payee, a_wallet, an_instruction, figures
from tael.payouts.queries import withdrawals
from tael.payouts.withdrawal import refuse_withdrawal
from web.portal.conftest import plain


@pytest.fixture
def payee(wallet) -> str:
    return str(a_payee(wallet.owner))


@pytest.fixture
def applied(browser, wallet, payee) -> str:
    """The page of an application for 400.00."""
    return browser.done(
        "/portal/withdraw", wallet=str(wallet.number), payee=payee, amount="400"
    ).partition("?")[0]


def test_the_quote_says_the_fee_what_is_paid_and_what_is_left(browser, wallet, payee):
    points = a_wallet(owner=wallet.owner, currency="POINT", free="500").number
    first = browser.read("/portal/withdraw")
    assert "1000.00" in plain(first).replace(" ", "")
    assert str(points) not in first  # no bank pays points out
    assert "/portal/withdraw?" not in browser.read(f"/portal/wallets/{points}")

    page, _ = browser.checked(
        "/portal/withdraw", wallet=str(wallet.number), payee=payee, amount="400"
    )

    shown = plain(page)
    assert "Fee 0.00 CNY" in shown
    assert "You will be paid 400.00 CNY" in shown
    assert "reviewed" in shown
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


def test_applying_freezes_the_amount_once(browser, wallet, payee):
    form = browser.form("/portal/withdraw", wallet=str(wallet.number), payee=payee, amount="400")
    _, confirmed = browser.checked("/portal/withdraw", **form)

    places = [browser.send("/portal/withdraw", **confirmed)["Location"] for _ in range(3)]
    places.append(browser.send("/portal/withdraw", **form, step="check")["Location"])

    assert len(set(places)) == 1
    assert figures(wallet) == ("700.00", "100.00", "400.00")
    assert "nothing has been paid out yet" in plain(browser.read(places[0]))
    assert "400.00" in plain(browser.read("/portal/withdrawals"))
    (row,) = withdrawals(owner=wallet.owner)
    assert f"Withdrawal {row.pk}" in plain(browser.read("/portal/"))


def test_locked_money_is_refused_and_what_would_be_allowed_is_said(browser, wallet, payee):
    form = browser.form(
        "/portal/withdraw", wallet=str(wallet.number), payee=payee, amount="1000.01"
    )

    answer = browser.send("/portal/withdraw", **form, step="check")

    assert answer.status_code == 409
    assert "at most 1000.00 CNY" in answer.content.decode()


def test_anothers_payee_account_is_answered_as_one_that_does_not_exist(
    browser, wallet, payee, other
):
    foreign = str(a_payee(other.owner))
    answers = set()
    for number in (foreign, "999", "x"):
        form = browser.form("/portal/withdraw", wallet=str(wallet.number), payee=number, amount="1")
        answer = browser.send("/portal/withdraw", **form, step="confirm")
        answers.add((answer.status_code, 'id="field-payee-wrong"' in answer.content.decode()))

    assert answers == {(404, True)}


def test_without_a_payee_account_the_way_to_add_one_is_shown(browser, wallet):
    assert "/portal/payee-accounts/add" in browser.read("/portal/withdraw")


def test_cancelling_is_shown_then_done_once(browser, wallet, applied):
    page = browser.read(f"{applied}/cancel")
    assert "1100.00" in plain(page)
    assert figures(wallet)[2] == "400.00"
    form = browser.form(f"{applied}/cancel")

    places = [browser.send(f"{applied}/cancel", **form) for _ in range(2)]

    assert [answer.status_code for answer in places] == [303, 303]
    assert figures(wallet) == ("1100.00", "100.00", "0.00")
    assert "Cancelled" in plain(browser.read(applied))
    assert browser.get(f"{applied}/cancel").status_code == 303


def test_a_refused_one_shows_its_reason_and_is_not_cancelled(browser, wallet, applied):
    form = browser.form(f"{applied}/cancel")
    number = int(applied.rpartition("/")[2])
    refuse_withdrawal(number=number, reason="the name differs", instruction=an_instruction())

    answer = browser.send(f"{applied}/cancel", **form)

    assert answer.status_code == 409
    assert "the name differs" in plain(browser.read(applied))
    assert "the name differs" in plain(browser.read("/portal/withdrawals?state=returned"))


@pytest.mark.rule("T14")
def test_anothers_application_is_answered_as_one_that_does_not_exist(stranger, applied):
    for tail in ("", "/cancel"):
        foreign = stranger.get(f"{applied}{tail}")
        absent = stranger.get(f"/portal/withdrawals/999{tail}")
        assert foreign.status_code == absent.status_code == 404
        assert plain(foreign.content.decode()) == plain(absent.content.decode())
    assert "400.00" not in stranger.read("/portal/withdrawals")
    form = stranger.form("/portal/pay")
    assert stranger.send(f"{applied}/cancel", **form).status_code == 404
