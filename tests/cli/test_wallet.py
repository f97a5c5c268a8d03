"""`tael wallet`."""

from __future__ import annotations

from builders import a_customer, a_wallet


def test_wallets_are_listed_page_by_page_with_their_figures(tael):
    first, second = a_wallet(free="10"), a_wallet(locked="1", currency="USD")

    page = tael("wallet", "list", "--limit", 1).stdout

    assert "number" in page.splitlines()[0]
    assert "10.00 CNY" in page
    assert f"More: --after {first.number}" in page
    rest = tael.json("wallet", "list", "--after", first.number)["data"]
    assert [row["number"] for row in rest] == [second.number]
    assert tael.json("wallet", "list", "--currency", "EUR")["data"] == []
    assert len(tael.json("wallet", "list", "--owner", first.owner)["data"]) == 1


def test_a_wallet_is_opened_once(tael):
    a_customer(10012)
    words = ("wallet", "open", "--owner", 10012, "--currency", "CNY")

    assert tael.json(*words)["number"] == tael.json(*words)["number"] == 100001
    assert tael.json(*words, "--name", "savings")["number"] == 100002
    assert tael.json("wallet", "show", 100002)["name"] == "savings"
    assert tael.refusal("wallet", "show", 100003)["code"] == "unknown_wallet"


def test_a_wallet_that_is_switched_off_moves_nothing(tael):
    wallet = a_wallet(free="10")

    tael.json("wallet", "disable", wallet.number, "--reason", "a complaint")
    off = tael.refusal("deduct", "--wallet", wallet.number, "--amount", "1")
    tael.json("wallet", "enable", wallet.number, "--reason", "it was a mistake")

    assert off["code"] == "wallet_disabled"
    tael.json("deduct", "--wallet", wallet.number, "--amount", "1")
