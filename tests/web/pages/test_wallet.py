"""One wallet: figures, holds, and a statement that can be paged and filtered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer, a_wallet, an_instruction, money
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.wallet import disable_wallet
from tael.web.pages import wallet as wallet_page


def entries(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'/entries/(\d+)">', page)]


def plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def buy(wallet, amount: str, *, days: int = 0, info: str = "") -> int:
    return deduct(
        wallet=wallet,
        amount=money(amount),
        instruction=an_instruction(at=AT + timedelta(days=days), info=info),
    ).entry_id


@pytest.fixture
def wallet(staff):
    return a_wallet(owner=a_customer(10012, "Li Hua"), free="1000", locked="100")


def test_the_figures_and_the_newest_lines_are_shown(staff, wallet):
    buy(wallet, "150.00", info="茶 <tea>")

    page = staff.read("/wallets/100001")

    shown = plain(page)
    for figure in ("950.00", "−150.00", "−100.00"):
        assert figure in shown
    assert "茶 &lt;tea&gt;" in page
    assert entries(page) == [3, 2, 1]


def test_open_holds_are_shown_with_what_is_left(staff, wallet):
    freeze(wallet=wallet, amount=money("60.00"), instruction=an_instruction(), reason="a room")

    page = staff.read("/wallets/100001")

    assert "Open holds" in page
    assert "a room" in page


def test_a_wallet_that_is_off_says_so(staff, wallet):
    disable_wallet(wallet=wallet, reason="a complaint", actor=STAFF, at=AT)

    assert "switched off" in staff.read("/wallets/100001")


def test_lines_come_in_pages(staff, wallet, monkeypatch):
    monkeypatch.setattr(wallet_page, "PAGE", 2)
    buy(wallet, "1.00")
    first = staff.read("/wallets/100001")
    (older,) = re.findall(r'class="next" href="([^"]+)"', first)

    second = staff.read("/wallets/100001" + older.replace("&amp;", "&"))

    assert (entries(first), entries(second)) == ([3, 2], [1])
    assert "Newest" in second


def test_lines_are_filtered_by_operation_and_by_day(staff, wallet):
    first, second = buy(wallet, "1.00", days=1), buy(wallet, "2.00", days=2)

    def shown(asked: str) -> list[int]:
        return entries(staff.read(f"/wallets/100001?{asked}"))

    assert shown("operation=deduct") == [second, first]
    assert shown("operation=recharge") == [2, 1]
    assert shown("operation=deduct&since=2026-03-03") == [second]
    assert shown("until=2026-03-02") == [first, 2, 1]
    assert shown("since=2026-03-02&until=2026-03-02") == [first]
    assert "No line is of this operation" in staff.read("/wallets/100001?operation=exchange")


@pytest.mark.parametrize(
    "asked", ["operation=x", "since=x", "since=9999-99-99", "until=0001-01-01"]
)
def test_a_filter_that_cannot_be_read_filters_nothing(staff, wallet, asked):
    assert entries(staff.read(f"/wallets/100001?{asked}")) == [2, 1]


def test_a_long_search_goes_on_by_a_link(staff, wallet, monkeypatch):
    monkeypatch.setattr(wallet_page, "PAGE", 1)
    monkeypatch.setattr(wallet_page, "SEARCHED_MAX", 2)
    buy(wallet, "1.00")
    page = staff.read("/wallets/100001?operation=exchange")

    assert "Nothing was found among the newer lines" in page
    assert "Look further back" in page


@pytest.mark.parametrize("cursor", ["x", "1", "1.2", "1.2.3.4", "-1.0.0", "9" * 30])
def test_a_cursor_that_is_none_is_refused_with_a_page(staff, wallet, cursor):
    response = staff.get("/wallets/100001", {"cursor": cursor})

    assert response.status_code == 400
    assert "Begin without a cursor" in response.content.decode()


def test_a_wallet_that_is_not_there_or_anothers_is_the_same_page(staff, wallet, make_key):
    other = a_wallet()
    staff.sign_in(make_key(customer=10012))

    def told(number: int) -> str:
        response = staff.get(f"/wallets/{number}")
        assert response.status_code == 404
        said = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        return said.replace(str(number), "…")

    assert told(other.number) == told(999999)
    assert staff.get("/wallets/100001").status_code == 200


@pytest.mark.parametrize("number", ["0", "01", "x", "1" * 19, "-1", "1.0"])
def test_an_address_without_a_number_is_nobodys(staff, number):
    assert staff.get(f"/wallets/{number}").status_code == 404
