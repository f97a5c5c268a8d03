from __future__ import annotations

import pytest

from builders import AT, STAFF, a_customer, a_wallet, an_instruction, money
from tael.wallet import wallet_search
from tael.wallet.freeze import freeze
from tael.wallet.wallet import disable_wallet
from tael.wallet.wallet_search import WalletsWanted, search_wallets

pytestmark = pytest.mark.usefixtures("db")


def numbers(**wanted) -> list[int]:
    return [one.wallet.number for one in search_wallets(WalletsWanted(**wanted)).wallets]


def test_wallets_are_found_by_their_number_their_customer_and_their_names():
    li = a_customer(20001, "Li Hua")
    anna = a_customer(20002, "Anna 50% Marek")
    first, second = a_wallet(owner=li), a_wallet(owner=anna)
    saved = a_wallet(owner=anna, name="Savings")

    assert numbers(text=str(first.number)) == [first.number]
    assert numbers(text="20002") == numbers(text="marek") == [second.number, saved.number]
    assert numbers(text="50%") == [second.number, saved.number]
    assert numbers(text="saving") == [saved.number]
    assert numbers() == [first.number, second.number, saved.number]
    assert numbers(text="%") == [second.number, saved.number]
    assert numbers(text="_") == numbers(text="default") == numbers(text="9" * 40) == []


def test_wallets_are_found_by_currency_and_state():
    plain, gift, held = a_wallet(free="1"), a_wallet(locked="5"), a_wallet(free="3")
    freeze(wallet=held, amount=money("2"), instruction=an_instruction())
    off = a_wallet()
    disable_wallet(wallet=off, actor=STAFF, at=AT, reason="asked for")

    assert numbers(state="locked") == [gift.number]
    assert numbers(state="frozen") == [held.number]
    assert numbers(state="off") == [off.number]
    assert numbers(state="on") == [plain.number, gift.number, held.number]
    assert numbers(currency="USD") == []


def test_totals_are_of_the_whole_filter_and_not_of_the_page(monkeypatch):
    for amount in ("1.00", "2.00", "4.00"):
        a_wallet(free=amount, locked="1.00")

    found = search_wallets(WalletsWanted(), limit=1)

    assert len(found.wallets) == 1
    (total,) = found.totals
    assert (total.currency.code, total.wallets) == ("CNY", 3)
    assert (total.figures.liquid.text, total.figures.locked.text) == ("10.00", "3.00")
    monkeypatch.setattr(wallet_search, "TOTALLED_MAX", 2)
    assert search_wallets(WalletsWanted()).totals is None


def test_pages_follow_each_other():
    wallets = [a_wallet().number for _ in range(5)]
    seen, after = [], 0
    while after is not None:
        found = search_wallets(WalletsWanted(), after=after, limit=2)
        seen += [one.wallet.number for one in found.wallets]
        after = found.after

    assert seen == wallets
