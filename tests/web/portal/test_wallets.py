"""The overview and a wallet: three figures, why money is locked, what it is frozen for."""

from __future__ import annotations

import re

import pytest

from builders import (
    AT,
    STAFF,
    a_currency,
    a_customer,
    a_rate,
    a_wallet,
    an_instruction,
    figures,
    money,
    queries,
)
from tael.wallet import queries as wallet_queries
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.wallet import disable_wallet, find_wallet
from web.portal.conftest import plain, signed_in


def test_the_overview_shows_the_wallets_and_what_happened(browser, wallet):
    shown = plain(browser.read("/portal/"))

    for figure in ("1100.00 CNY", "1000.00", "100.00"):
        assert figure in shown
    assert "recharge" in shown


def test_somebody_without_a_wallet_is_shown_what_to_do(db):
    browser = signed_in(a_customer(10099), "new@example.com")

    for address in ("/portal/", "/portal/wallets", "/portal/points", "/portal/statement"):
        assert "/portal/wallets/open" in browser.read(address)
    for address in (
        "pay",
        "transfer",
        "withdraw",
        "exchange",
        "recharge",
        "redeem",
        "orders",
        "withdrawals",
        "holds",
        "payee-accounts",
    ):
        browser.read(f"/portal/{address}")


@pytest.mark.rule("F-08")
def test_why_money_is_locked_is_told_with_what_is_left_of_each_gift(browser, wallet):
    deduct(wallet=wallet, amount=money("30"), instruction=an_instruction())

    shown = plain(browser.read(f"/portal/wallets/{wallet.number}"))

    assert "May be spent, not withdrawn." in shown
    assert "A gift of the house" in shown
    assert "100.00 CNY 70.00 CNY" in shown


def test_what_is_frozen_is_linked_to_its_hold(browser, wallet):
    made = freeze(
        wallet=wallet, amount=money("60"), reason="hotel <b>", instruction=an_instruction()
    )

    page = browser.read(f"/portal/wallets/{wallet.number}")

    assert f"/portal/holds/{made.hold}" in page
    assert "hotel &lt;b&gt;" in page


def test_a_wallet_that_is_switched_off_says_so_and_is_not_offered(browser, wallet):
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="a check")

    shown = browser.read(f"/portal/wallets/{wallet.number}")
    assert "switched off" in shown
    assert "/portal/pay?" not in shown  # the form would be filled in with another wallet
    assert f'value="{wallet.number}"' not in browser.read("/portal/pay")


def test_points_are_a_wallet_like_the_others(browser, wallet):
    a_currency("STAR")
    a_rate("CNY/STAR", "100")
    stars = a_wallet(owner=wallet.owner, currency="STAR")

    browser.done(
        "/portal/exchange", wallet=str(wallet.number), target=str(stars.number), amount="2.50"
    )

    assert figures(stars)[0] == "250"
    assert "250 STAR" in plain(browser.read("/portal/points"))


def test_a_wallet_is_opened_once(browser, wallet):
    form = browser.form("/portal/wallets/open", currency="USD")

    places = {browser.send("/portal/wallets/open", **form)["Location"] for _ in range(2)}

    opened = find_wallet(wallet.owner, "USD")
    assert places == {f"/portal/wallets/{opened.number}"}


@pytest.mark.parametrize("currency", ["", "XXX", "cny", "\x00", "é"])
def test_no_wallet_is_opened_in_what_is_no_currency(browser, wallet, currency):
    form = browser.form("/portal/wallets/open", currency=currency)

    answer = browser.send("/portal/wallets/open", **form)

    assert answer.status_code in {400, 404}
    assert 'id="field-currency-wrong"' in answer.content.decode()


@pytest.mark.rule("T14")
def test_anothers_wallet_is_answered_as_one_that_does_not_exist(browser, other):
    foreign = browser.get(f"/portal/wallets/{other.number}")
    absent = browser.get("/portal/wallets/999999")

    assert foreign.status_code == absent.status_code == 404
    assert plain(foreign.content.decode()) == plain(absent.content.decode())


@pytest.mark.parametrize("address", ["", "wallets", "statement", "orders", "withdrawals", "holds"])
def test_no_page_asks_the_database_more_often_with_more_rows(browser, wallet, address):
    def asked() -> int:
        with queries() as seen:
            browser.read(f"/portal/{address}")
        return len(seen)

    def more() -> None:
        for _ in range(5):
            freeze(wallet=wallet, amount=money("1"), instruction=an_instruction())
            a_wallet(owner=wallet.owner, name=f"w{len(figures(wallet)[2])}-{freeze.__name__}-{_}")

    freeze(wallet=wallet, amount=money("1"), instruction=an_instruction())
    asked()
    before = asked()
    more()

    assert asked() <= before + 1


@pytest.mark.rule("T24")
def test_wallets_stand_on_pages_that_neither_lose_nor_double_one(browser, wallet, monkeypatch):
    monkeypatch.setattr("tael.web.portal.lists.PAGE", 3)
    monkeypatch.setattr("tael.web.portal.wallets.WALLETS_SHOWN", 3)
    own = [wallet, *(a_wallet(owner=wallet.owner, name=f"n{number}") for number in range(6))]
    points = a_wallet(owner=wallet.owner, currency="POINT")

    seen, address = [], "/portal/wallets"
    while address:
        page = browser.read(address)
        seen += shown(page)
        following = re.search(r'rel="next" href="\?([^"]+)"', page)
        address = f"/portal/wallets?{following[1]}" if following else ""

    numbers = [view.wallet.number for view in wallet_queries.wallets(owner=wallet.owner)]
    assert sorted(seen) == numbers
    assert set(numbers) >= {one.number for one in own}
    assert shown(browser.read("/portal/points")) == [points.number]
    home = browser.read("/portal/")
    assert (shown(home)[:3], "All wallets" in home) == (numbers[:3], True)


def shown(page: str) -> list[int]:
    """The wallets whose cards are on a page, each once."""
    found = re.findall(r'href="/portal/wallets/(\d+)"', page)
    return list(dict.fromkeys(int(number) for number in found))
