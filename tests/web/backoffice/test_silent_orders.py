from __future__ import annotations

import pytest

from builders import a_customer, a_wallet, an_instruction, money, queries
from staff_pages import read
from tael.wallet.recharge_order import create_order
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/silent-orders"


def an_order(wallet) -> int:
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("5.00"),
        instruction=an_instruction(channel="Alipay"),
    ).pk


@pytest.mark.rule("F-25")
def test_silent_orders_are_listed_newest_first_and_counted_at_home(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.silent_orders.PAGE", 2)
    staff = staff_client("support")
    assert "No order is silent" in read(staff, LIST)
    wallet = a_wallet(owner=a_customer(20001, "Anna Marek"))
    orders = [an_order(wallet) for _ in range(3)]
    seen, address = [], LIST
    while address:
        response = staff.get(address)
        seen += [row[0].number for row in response.context["rows"]]
        following = response.context["next"]
        address = f"{LIST}?{following}" if following else ""

    assert seen == orders[::-1]
    assert f"{orders[-1]} Anna Marek 20001 5.00 CNY Alipay" in read(staff, LIST)
    assert "Silent orders 3" in read(staff, "/backoffice/")


def test_a_page_that_cannot_be_read_is_refused():
    assert "filter_malformed" in read(staff_client("support"), f"{LIST}?before=x", status=400)


def test_queries_do_not_grow_with_the_orders():
    staff, wallet = staff_client("support"), a_wallet()
    an_order(wallet)
    staff.get(LIST)
    with queries() as few:
        staff.get(LIST)
    for _ in range(5):
        an_order(wallet)
    with queries() as many:
        staff.get(LIST)

    assert len(many) <= len(few)
