"""The statement: opening, lines and closing of a period, one operation, pages that lose no line."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from builders import AT, an_instruction, money
from tael.wallet.deduct import deduct
from tael.web.portal import statement as statement_page
from web.portal.conftest import plain


def buy(wallet, amount: str, *, days: int, info: str = "") -> int:
    return deduct(
        wallet=wallet,
        amount=money(amount),
        instruction=an_instruction(at=AT + timedelta(days=days), info=info),
    ).entry_id


def records(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'/portal/records/(\d+)"', page)]


def test_it_opens_closes_and_lists_what_happened_newest_first(browser, wallet):
    first, second = buy(wallet, "150", days=1), buy(wallet, "50", days=2, info="茶 <tea>")

    page = browser.read("/portal/statement")

    assert records(page)[:2] == [second, first]
    assert "茶 &lt;tea&gt;" in page
    shown = plain(page)
    assert "Available at the end 900.00 CNY" in shown
    assert "Went out −200.00 CNY" in shown


def test_a_period_and_an_operation_can_be_asked_for(browser, wallet):
    entries = [buy(wallet, "10", days=day) for day in range(1, 5)]

    page = browser.read("/portal/statement?since=2026-03-03&until=2026-03-04&operation=deduct")

    assert records(page) == [entries[2], entries[1]]
    assert "Available at the beginning 1090.00 CNY" in plain(page)
    assert "Available at the end 1070.00 CNY" in plain(page)
    none = browser.read("/portal/statement?operation=withdraw")
    assert not records(none)
    assert "Came in 0.00 CNY Went out 0.00 CNY" in plain(none)


@pytest.mark.parametrize(
    "query",
    ["until=9999-99-99", "since=2026-03-04&until=2026-03-03", "operation=steal", "since=%00"],
)
def test_a_filter_that_cannot_be_read_is_refused(browser, wallet, query):
    answer = browser.get(f"/portal/statement?{query}")

    page = answer.content.decode()
    assert (answer.status_code, "filter_malformed" in page) == (400, True)
    assert ("-error" in page, 'id="since"' in page, "stat-value" in page) == (True, True, False)
    assert len(records(browser.read("/portal/statement?since=&page=7"))) == 2


def test_pages_neither_lose_nor_double_a_line(browser, wallet, monkeypatch):
    monkeypatch.setattr(statement_page, "PAGE", 3)
    entries = [buy(wallet, "1", days=day // 2) for day in range(7)]
    seen, address = [], "/portal/statement?operation=deduct"
    while address:
        page = browser.read(address)
        seen += records(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = f"/portal/statement{following[1].replace('&amp;', '&')}" if following else ""

    assert seen == sorted(entries, reverse=True)


def test_a_cursor_that_is_none_is_refused(browser, wallet):
    assert browser.get("/portal/statement?cursor=x.y").status_code == 400


def test_the_chart_shows_what_was_held_at_the_end_of_each_day(browser, wallet):
    buy(wallet, "150", days=1)

    page = browser.read("/portal/statement")

    drawn = json.loads(re.search(r'<script id="course"[^>]*>(.*?)</script>', page)[1])
    assert [line["values"] for line in drawn["lines"]] == [[1100.0, 950.0], [100.0, 0.0]]


@pytest.mark.rule("T14")
@pytest.mark.parametrize("number", ["foreign", "999999", "x", "-1", "%00"])
def test_anothers_wallet_is_answered_as_one_that_does_not_exist(browser, wallet, other, number):
    asked = str(other.number) if number == "foreign" else number

    assert browser.get(f"/portal/statement?wallet={asked}").status_code == 404
