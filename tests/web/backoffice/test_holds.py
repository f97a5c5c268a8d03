from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_customer, a_wallet, an_instruction, money, queries
from staff_pages import read
from tael.wallet.freeze import freeze
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/holds"


def a_hold(wallet, days: int) -> int:
    return freeze(
        wallet=wallet,
        amount=money("1.00"),
        expires_at=AT + timedelta(days=days),
        instruction=an_instruction(info="a room"),
    ).hold


@pytest.mark.rule("F-30")
def test_holds_are_listed_by_their_end_up_to_a_day(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.holds.PAGE", 2)
    wallet = a_wallet(owner=a_customer(20001, "Anna Marek"), free="9.00")
    holds = [a_hold(wallet, days) for days in (3, 1, 2, 1)]
    staff, seen, address = staff_client("support"), [], LIST
    while address:
        response = staff.get(address)
        seen += [row[0].pk for row in response.context["rows"]]
        following = response.context["next"]
        address = f"{LIST}?{following}" if following else ""

    assert seen == [holds[1], holds[3], holds[2], holds[0]]
    text = read(staff, f"{LIST}?until=2026-03-02")
    assert text.count("Anna Marek 20001 a room 1.00 CNY") == 2
    assert "No open hold ends then" in read(staff, f"{LIST}?until=2026-03-01")


@pytest.mark.parametrize("query", ["until=soon", "after=x", "after=1", "after=1.x"])
def test_what_cannot_be_read_is_refused_on_the_page(query):
    assert "malformed" in read(staff_client("support"), f"{LIST}?{query}", status=400)


def test_queries_do_not_grow_with_the_holds():
    staff, wallet = staff_client("support"), a_wallet(free="9.00")
    a_hold(wallet, 1)
    staff.get(LIST)
    with queries() as few:
        staff.get(LIST)
    for _ in range(5):
        a_hold(wallet, 1)
    with queries() as many:
        staff.get(LIST)

    assert len(many) <= len(few)
