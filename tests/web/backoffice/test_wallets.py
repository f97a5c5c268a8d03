from __future__ import annotations

import pytest

from builders import AT, STAFF, a_customer, a_wallet, queries
from staff_pages import fields, read, words
from tael.wallet import queries as wallet_queries
from tael.wallet.wallet import disable_wallet
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/wallets"


@pytest.mark.parametrize(
    "role", ["support", "finance_maker", "finance_checker", "auditor", "admin"]
)
def test_whoever_may_see_wallets_sees_their_figures_and_totals(role):
    a_wallet(owner=a_customer(20001, "Anna Marek"), free="1234.50", locked="10.00")
    a_wallet(free="0.50")

    text = read(staff_client(role), LIST)

    assert "CNY Anna Marek 20001 1234.50 10.00 0.00" in text
    assert "CNY · 2 wallets found 1235.00 10.00 0.00" in text
    assert ("Open a wallet" in text) == (role == "finance_maker")


def test_the_list_is_narrowed_by_its_address_and_says_when_nothing_is_found():
    staff = staff_client("support")
    wallet = a_wallet(owner=a_customer(20001, "Anna Marek"))
    off = a_wallet(owner=a_customer(20002, "Li Hua"))
    disable_wallet(wallet=off, actor=STAFF, at=AT, reason="asked for")

    for query, seen in (
        ("q=anna", wallet),
        (f"q={off.number}", off),
        ("state=off", off),
        ("state=on&currency=CNY", wallet),
    ):
        text = read(staff, f"{LIST}?{query}")
        assert str(seen.number) in text
        assert "1 wallet found" in text
    assert "No wallet was found" in read(staff, f"{LIST}?q=nobody")
    assert "There is no wallet yet" not in read(staff, f"{LIST}?q=nobody")


@pytest.mark.parametrize(
    "query", ["currency=XXX", "state=dead", "after=x", "after=-1", "q=%00", "after=" + "9" * 30]
)
def test_a_filter_that_cannot_be_read_is_refused_on_the_page(query):
    a_wallet()

    text = read(staff_client("support"), f"{LIST}?{query}", status=400)

    assert "filter_malformed" in text
    assert "wallet found" not in text


def test_pages_follow_and_huge_numbers_are_the_end_of_the_list(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.wallets.PAGE", 2)
    numbers = [a_wallet().number for _ in range(3)]
    staff = staff_client("support")
    first = staff.get(LIST).content.decode()

    assert f"after={numbers[1]}" in first
    assert f"/wallets/{numbers[2]}" not in first
    assert str(numbers[2]) in read(staff, f"{LIST}?after={numbers[1]}")
    assert "No wallet was found" in read(staff, f"{LIST}?after=999999999999999999")


def test_queries_do_not_grow_with_the_wallets():
    staff = staff_client("support")
    a_wallet()
    staff.get(LIST)
    with queries() as few:
        staff.get(LIST)
    for _ in range(9):
        a_wallet(free="1")
    with queries() as many:
        staff.get(LIST)

    assert len(many) <= len(few)


def test_a_wallet_is_opened_once_however_often_the_form_is_sent():
    staff, customer = staff_client("finance_maker"), a_customer(20001)
    page = staff.get(f"{LIST}/open")
    form = {**fields(page), "owner": "20001", "currency": "CNY", "name": ""}

    answers = [staff.post(f"{LIST}/open", form) for _ in range(2)]

    (view,) = wallet_queries.wallets(owner=customer)
    assert [one.status_code for one in answers] == [303, 303]
    assert {one["Location"] for one in answers} == {f"{LIST}/{view.wallet.number}"}


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"owner": "", "currency": "CNY"}, 400, "A customer is needed."),
        ({"owner": "77", "currency": "CNY"}, 404, "77"),
        ({"owner": "abc", "currency": "CNY"}, 400, "abc"),
        ({"owner": "20001", "currency": "ZZZ"}, 404, "ZZZ"),
        ({"owner": "20001", "currency": "CNY", "name": "<b>"}, 400, "letters, digits"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_what_was_typed(typed, status, said):
    a_customer(20001)
    response = staff_client("finance_maker").post(f"{LIST}/open", typed)

    assert response.status_code == status
    assert said in words(response)
    assert f'value="{typed["owner"]}"' in response.content.decode()


@pytest.mark.parametrize("role", ["support", "finance_checker", "auditor", "admin"])
def test_whoever_may_not_operate_opens_nothing(role):
    a_customer(20001)
    staff = staff_client(role)

    assert staff.get(f"{LIST}/open").status_code == 403
    refused = staff.post(f"{LIST}/open", {"owner": "20001", "currency": "CNY"})
    assert refused.status_code == 403
    assert wallet_queries.wallets(owner=20001) == []
