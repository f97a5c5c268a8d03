"""Payee accounts: added once however often the button is pressed, shown masked, closed by their owner."""

from __future__ import annotations

import re

import pytest

from builders import AT, STAFF
from tael.parties.payee import add_payee, close_payee
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
    assert "closed" in plain(browser.read("/portal/payee-accounts?closed=1"))


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


@pytest.mark.rule("T24")
def test_accounts_stand_on_pages_newest_first_the_closed_ones_apart(browser, wallet, monkeypatch):
    monkeypatch.setattr("tael.web.portal.lists.PAGE", 2)
    added = [
        add_payee(
            customer=wallet.owner,
            kind="bank",
            holder="Li Hua",
            details={"account": f"6222 000{number}"},
            actor=STAFF,
            at=AT,
        ).pk
        for number in range(6)
    ]
    close_payee(number=added[2], customer=wallet.owner, actor=STAFF, at=AT)

    seen, query = [], ""
    while query is not None:
        page = browser.read(f"/portal/payee-accounts?{query}")
        seen += [int(number) for number in re.findall(r"payee-accounts/(\d+)/close", page)]
        following = re.search(r'rel="next" href="\?([^"]+)"', page)
        query = following[1] if following else None
    closed = plain(browser.read("/portal/payee-accounts?closed=1"))

    assert seen == [number for number in reversed(added) if number != added[2]]
    assert [number for number in added if f" {number} Bank account" in closed] == [added[2]]
