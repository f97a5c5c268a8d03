"""Exchanging: the rate and what arrives are shown, promised for a minute, and honoured once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders import a_rate, a_wallet, figures
from web.portal.conftest import plain


@pytest.fixture
def dollars(wallet):
    a_rate("CNY/USD", "0.14")
    return a_wallet(owner=wallet.owner, currency="USD")


def test_the_rate_and_what_arrives_are_shown_before(browser, wallet, dollars):
    assert "0.14 USD" in plain(browser.read("/portal/exchange"))

    page, _ = browser.checked(
        "/portal/exchange", wallet=str(wallet.number), target=str(dollars.number), amount="100"
    )

    shown = plain(page)
    assert "You receive 14.00 USD" in shown
    assert "1 CNY = 0.14 USD" in shown
    assert figures(dollars)[0] == "0.00"


@pytest.mark.rule("T9", "F-37")
def test_it_is_carried_out_once_at_the_promised_figures(browser, wallet, dollars):
    form = browser.form(
        "/portal/exchange", wallet=str(wallet.number), target=str(dollars.number), amount="100"
    )
    _, confirmed = browser.checked("/portal/exchange", **form)
    a_rate("CNY/USD", "0.13", at=datetime.now(UTC))  # noqa: TID251 - now

    places = [browser.send("/portal/exchange", **confirmed)["Location"] for _ in range(2)]

    assert places[0] == places[1]
    assert figures(dollars)[0] == "14.00"
    assert figures(wallet)[0] == "1000.00"
    assert "14.00" in plain(browser.read(places[0]))
    again = browser.send("/portal/exchange", **form, step="check")
    assert again.status_code == 409
    assert "has been carried out before" in again.content.decode()


def test_an_expired_promise_is_refused_and_nothing_moves(browser, wallet, dollars, monkeypatch):
    monkeypatch.setattr("tael.web.portal.exchange.PROMISED", timedelta(microseconds=1))
    _, confirmed = browser.checked(
        "/portal/exchange", wallet=str(wallet.number), target=str(dollars.number), amount="100"
    )

    answer = browser.send("/portal/exchange", **confirmed)

    assert answer.status_code == 409
    assert "expired" in answer.content.decode()
    assert figures(wallet)[0] == "1100.00"


def test_within_one_currency_what_is_given_arrives(browser, wallet):
    savings = a_wallet(owner=wallet.owner, name="savings")

    browser.done(
        "/portal/exchange", wallet=str(wallet.number), target=str(savings.number), amount="100"
    )

    assert figures(savings)[0] == "100.00"


def test_without_a_rate_to_itself_and_to_another_it_is_refused(browser, wallet, other):
    euros = a_wallet(owner=wallet.owner, currency="EUR")
    for target, status in ((euros, 409), (wallet, 409), (other, 404)):
        form = browser.form(
            "/portal/exchange", wallet=str(wallet.number), target=str(target.number), amount="1"
        )
        assert browser.send("/portal/exchange", **form, step="check").status_code == status


def test_a_quote_of_another_or_of_nothing_is_refused(browser, wallet, dollars):
    _, confirmed = browser.checked(
        "/portal/exchange", wallet=str(wallet.number), target=str(dollars.number), amount="100"
    )
    for quote in ("999", "0"):
        answer = browser.send("/portal/exchange", **{**confirmed, "quote": quote})
        assert answer.status_code in {303, 404}
    changed = browser.send("/portal/exchange", **{**confirmed, "amount": "200"})
    assert changed.status_code == 409
