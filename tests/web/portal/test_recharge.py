"""Recharging: the order is made once, and no money moves by it."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.queries import orders
from web.portal.conftest import plain


@pytest.fixture(autouse=True)
def alipay(monkeypatch):
    gateway = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",)
    )
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})


def typed(wallet, **other: str) -> dict[str, str]:
    return {"wallet": str(wallet.number), "channel": "Alipay", "amount": "500", **other}


def test_what_an_order_means_is_shown_and_none_is_made_yet(browser, wallet):
    page, _ = browser.checked("/portal/recharge", **typed(wallet))

    assert "You pay 500.00 CNY" in plain(page)
    assert "Nothing is taken yet" in page
    assert not orders(owner=wallet.owner)


@pytest.mark.rule("T9", "F-25")
def test_two_clicks_and_a_reload_make_one_order_and_move_nothing(browser, wallet):
    form = browser.form("/portal/recharge", **typed(wallet))
    _, confirmed = browser.checked("/portal/recharge", **form)

    places = [browser.send("/portal/recharge", **confirmed)["Location"] for _ in range(2)]
    places.append(browser.send("/portal/recharge", **form, step="check")["Location"])

    (made,) = orders(owner=wallet.owner)
    assert set(places) == {f"/portal/orders/{made.pk}"}
    assert (made.amount, made.channel, made.state) == (50000, "Alipay", "created")
    assert made.expires_at is not None
    assert figures(wallet)[0] == "1100.00"


def test_the_same_form_with_another_amount_is_refused(browser, wallet):
    form = browser.form("/portal/recharge", **typed(wallet))
    _, confirmed = browser.checked("/portal/recharge", **form)
    browser.send("/portal/recharge", **confirmed)

    answer = browser.send("/portal/recharge", **{**confirmed, "amount": "700"})

    assert answer.status_code == 409
    assert "has been carried out before" in answer.content.decode()
    assert len(orders(owner=wallet.owner)) == 1


@pytest.mark.parametrize("channel", ["", "Admin", "System", "PayPal", "nothing", "\x00", "é"])
def test_a_channel_without_a_provider_is_refused(browser, wallet, channel):
    form = browser.form("/portal/recharge", **typed(wallet, channel=channel))

    answer = browser.send("/portal/recharge", **form, step="confirm")

    assert answer.status_code == 404
    assert 'id="field-channel-wrong"' in answer.content.decode()
    assert not orders(owner=wallet.owner)


def test_only_channels_with_a_provider_are_offered(browser, wallet):
    page = browser.read("/portal/recharge")

    assert 'value="Alipay"' in page
    assert 'value="PayPal"' not in page


def test_without_any_provider_the_page_says_so(browser, wallet, monkeypatch):
    monkeypatch.setattr(registry, "_gateways", dict)

    assert "a payment provider that is set up here" in browser.read("/portal/recharge")


def test_anothers_wallet_is_answered_as_one_that_does_not_exist(browser, wallet, other):
    answers = set()
    for number in (str(other.number), "999999"):
        form = browser.form("/portal/recharge", **{**typed(wallet), "wallet": number})
        answers.add(browser.send("/portal/recharge", **form, step="confirm").status_code)

    assert answers == {404}
    assert not orders()


def test_a_wallet_asked_for_in_the_address_is_chosen(browser, wallet):
    savings = a_wallet(owner=wallet.owner, name="savings")

    page = browser.read(f"/portal/recharge?wallet={savings.number}")

    assert f'value="{savings.number}" selected' in page
