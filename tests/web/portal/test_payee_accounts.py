"""Payee accounts: added once however often the button is pressed, shown masked, closed by their owner."""

from __future__ import annotations

import pytest

from tael.parties.queries import payees
from web.portal.conftest import plain

ACCOUNT = {"kind": "bank", "holder": "Li Hua", "bank": "ICBC", "account": "6222 0212 0000 0017"}


def test_an_account_is_shown_again_then_kept_once(browser, wallet):
    page, confirmed = browser.checked("/portal/payee-accounts/add", **ACCOUNT)
    assert "6222 0212 0000 0017" in plain(page)
    assert not payees(customer=wallet.owner)

    for _ in range(2):
        assert browser.send("/portal/payee-accounts/add", **confirmed).status_code == 303

    (kept,) = payees(customer=wallet.owner)
    assert kept.details == {"bank": "ICBC", "account": "6222 0212 0000 0017"}
    shown = plain(browser.read("/portal/payee-accounts"))
    assert "**** 0017" in shown
    assert "6222" not in shown


@pytest.mark.parametrize(
    ("field", "text"),
    [("kind", "gold"), ("kind", ""), ("holder", ""), ("account", ""), ("account", "a\x00b")],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(browser, wallet, field, text):
    form = browser.form("/portal/payee-accounts/add", **{**ACCOUNT, field: text})

    for step in ("check", "confirm"):
        answer = browser.send("/portal/payee-accounts/add", **form, step=step)
        assert answer.status_code == 400
        assert f'id="field-{field}-wrong"' in answer.content.decode()

    assert not payees(customer=wallet.owner)


def test_closing_asks_first_and_may_be_pressed_twice(browser, wallet):
    browser.done("/portal/payee-accounts/add", **ACCOUNT)
    (kept,) = payees(customer=wallet.owner)
    address = f"/portal/payee-accounts/{kept.pk}/close"
    form = browser.form(address)
    assert payees(customer=wallet.owner)

    assert [browser.send(address, **form).status_code for _ in range(2)] == [303, 303]

    assert not payees(customer=wallet.owner)
    assert "closed" in plain(browser.read("/portal/payee-accounts"))


@pytest.mark.rule("T14")
def test_anothers_account_is_not_there(browser, stranger, wallet):
    browser.done("/portal/payee-accounts/add", **ACCOUNT)
    (kept,) = payees(customer=wallet.owner)
    form = stranger.form("/portal/pay")

    for number in (kept.pk, 999):
        address = f"/portal/payee-accounts/{number}/close"
        assert stranger.get(address).status_code == 404
        assert stranger.send(address, **form).status_code == 404

    assert "ICBC" not in stranger.read("/portal/payee-accounts")
    assert payees(customer=wallet.owner)
