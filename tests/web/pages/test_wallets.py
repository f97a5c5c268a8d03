"""The list of wallets: figures, search, pages, and only what the key may see."""

from __future__ import annotations

import re

import pytest

from builders import a_customer, a_wallet
from tael.wallet.wallet import open_wallet
from tael.web.pages import wallets


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'href="/wallets/(\d+)">', page)]


@pytest.fixture
def house(staff):
    """Two customers with three wallets."""
    li, wang = a_customer(10012, "Li Hua 李華"), a_customer(10010, "Wang <Wei>")
    a_wallet(owner=li, free="1234567.89", locked="100")
    a_wallet(owner=wang, currency="USD")
    a_wallet(owner=li, currency="USD", free="5")
    return staff


def test_a_wallet_is_shown_with_its_owner_and_figures(house):
    page = house.read("/wallets")

    assert numbers(page) == [100001, 100002, 100003]
    assert "Li Hua 李華" in page
    assert "Wang &lt;Wei&gt;" in page
    plain = re.sub(r"<[^>]+>", "", page)
    assert "1234667.89" in plain  # liquid; what is copied from the page are plain digits
    assert "1234567.89" in plain  # withdrawable


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("100002", [100002]),
        ("10012", [100001, 100003]),
        ("hua", [100001, 100003]),
        ("李", [100001, 100003]),
        ("USD", [100002, 100003]),
        ("JPY", []),
        ("nobody", []),
        ("9" * 30, []),
        ("%", []),
        ("<b>", []),
    ],
)
def test_wallets_are_found_by_number_customer_name_or_currency(house, asked, found):
    response = house.get("/wallets", {"q": asked})

    assert response.status_code == 200
    page = response.content.decode()
    assert numbers(page) == found
    assert "<b>" not in page
    assert found or "No wallet was found" in page


def test_a_long_list_has_pages(house, monkeypatch):
    monkeypatch.setattr(wallets, "PAGE", 2)
    first = house.read("/wallets")
    (following,) = re.findall(r'class="next" href="([^"]+)"', first)

    second = house.read("/wallets" + following.replace("&amp;", "&"))

    assert (numbers(first), numbers(second)) == ([100001, 100002], [100003])
    assert 'class="next"' not in second
    assert "First page" in second


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1.5", "１"])
def test_a_cursor_that_is_none_begins_at_the_first(house, after):
    assert len(numbers(house.get("/wallets", {"after": after}).content.decode())) == 3


def test_a_customers_key_sees_his_own_only_whatever_he_asks(house, make_key):
    house.sign_in(make_key(customer=10010))

    assert numbers(house.read("/wallets")) == [100002]
    for asked in ("100001", "10012", "Li", "CNY", "USD", "1"):
        seen = numbers(house.get("/wallets", {"q": asked}).content.decode())
        assert set(seen) <= {100002}


def test_an_empty_house_says_how_to_begin(staff):
    assert "There is no wallet yet" in staff.read("/wallets")


def test_a_wallet_with_a_name_of_its_own_shows_it(house):
    from builders import AT, STAFF

    open_wallet(owner=10012, currency="CNY", name="savings", actor=STAFF, at=AT)

    assert "savings" in house.read("/wallets")
