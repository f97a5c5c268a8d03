"""Wallets over HTTP: figures now and then, lines page by page, statements that add up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount
from builders import a_customer, an_iso_currency

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


def spend(house: Caller, wallet: Wallet, *texts: str) -> None:
    for text in texts:
        house.post("/deduct", {"wallet": wallet.number, "amount": amount(text)})


@pytest.mark.rule("F-10", "A-F5")
def test_opening_a_wallet_twice_gives_the_same_one(house: Caller) -> None:
    body = {"owner": a_customer(), "currency": "CNY"}

    first, again = (house.post("/wallets", body, key=None) for _ in range(2))

    assert (first.status, first.body) == (201, again.body)
    assert first.body["number"] >= 100001


def test_a_wallet_shows_its_figures(house: Caller, wallet: Wallet) -> None:
    house.post("/freeze", {"wallet": wallet.number, "amount": amount("30")})

    shown = house.get(f"/wallets/{wallet.number}").body

    assert shown["figures"] == {
        "liquid": amount("70.00"),
        "locked": amount("0.00"),
        "frozen": amount("30.00"),
        "withdrawable": amount("70.00"),
    }
    assert shown["debt"] == amount("0.00")


def test_wallets_come_in_pages(house: Caller) -> None:
    an_iso_currency("USD")
    owner = a_customer()
    numbers = [
        house.post("/wallets", {"owner": owner, "currency": code}, key=None).body["number"]
        for code in ("CNY", "USD")
    ]
    first = house.get("/wallets", owner=owner, limit=1).body
    second = house.get("/wallets", owner=owner, limit=1, cursor=first["next_cursor"]).body

    assert [row["number"] for page in (first, second) for row in page["data"]] == numbers
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["next_cursor"] is None
    only = house.get("/wallets", owner=owner, currency="USD").body["data"]
    assert [row["currency"] for row in only] == ["USD"]


@pytest.mark.rule("B-28")
def test_a_balance_as_of_a_moment_is_what_was_there_then(house: Caller, wallet: Wallet) -> None:
    spend(house, wallet, "10")
    between = datetime.now(UTC)  # noqa: TID251 - the test's own clock
    spend(house, wallet, "20")

    path = f"/wallets/{wallet.number}/balance"
    then = house.get(path, as_of=between.isoformat()).body["figures"]["liquid"]
    now = house.get(path).body["figures"]["liquid"]
    effective = house.get(path, as_of="2999-01-01T00:00:00Z", axis="effective").body

    assert (then, now) == (amount("90.00"), amount("70.00"))
    assert effective["figures"]["liquid"] == now


@pytest.mark.rule("F-22")
def test_lines_come_newest_first_with_the_figures_after_each(house: Caller, wallet: Wallet) -> None:
    spend(house, wallet, "1", "2", "3")

    first = house.get(f"/wallets/{wallet.number}/flows", limit=2).body
    rest = house.get(f"/wallets/{wallet.number}/flows", cursor=first["next_cursor"]).body

    lines = first["data"] + rest["data"]
    assert [line["after"]["liquid"]["amount"] for line in lines] == [
        "94.00",
        "97.00",
        "99.00",
        "100.00",
    ]
    assert [line["change"]["liquid"]["amount"] for line in lines] == [
        "-3.00",
        "-2.00",
        "-1.00",
        "100.00",
    ]
    assert not rest["has_more"]


@pytest.mark.rule("B-28", "F-22")
def test_a_statement_closes_with_its_opening_and_lines(house: Caller, wallet: Wallet) -> None:
    began = datetime.now(UTC)  # noqa: TID251 - the test's own clock
    spend(house, wallet, "1", "2")

    shown = house.get(f"/wallets/{wallet.number}/statement", after=began.isoformat()).body

    assert shown["opening"]["liquid"] == amount("100.00")
    assert [line["after"]["liquid"] for line in shown["lines"]] == [
        amount("99.00"),
        amount("97.00"),
    ]
    assert shown["closing"]["liquid"] == amount("97.00")


@pytest.mark.rule("T23")
@pytest.mark.parametrize(
    ("after", "through"),
    [
        ("2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_period_that_is_none_or_too_long_is_refused(
    after: str, through: str, house: Caller, wallet: Wallet
) -> None:
    reply = house.get(f"/wallets/{wallet.number}/statement", after=after, through=through)

    assert (reply.status, reply.code) == (422, "period_refused")


@pytest.mark.rule("F-38")
def test_a_disabled_wallet_is_shown_and_moves_nothing(house: Caller, wallet: Wallet) -> None:
    path = f"/wallets/{wallet.number}"

    off = house.post(f"{path}/disable", {"reason": "checked"}, key=None)
    refused = house.post("/deduct", {"wallet": wallet.number, "amount": amount("1")})
    on = house.post(f"{path}/enable", {"reason": "cleared"}, key=None)

    assert off.body["disabled_at"]
    assert (refused.status, refused.code) == (403, "wallet_disabled")
    assert on.body["disabled_at"] is None


@pytest.mark.rule("T14")
def test_a_foreign_wallet_is_answered_as_an_absent_one(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)

    for path in ("", "/balance", "/flows", "/statement"):
        foreign = own.get(f"/wallets/{theirs.number}{path}")
        absent = own.get(f"/wallets/999999{path}")

        assert foreign.status == absent.status == 404
        assert same(foreign.body, theirs.number) == same(absent.body, 999999)
    assert [row["number"] for row in own.get("/wallets").body["data"]] == [wallet.number]
    assert own.get("/wallets", owner=theirs.owner).code == "unknown_customer"


def same(problem: dict[str, str], number: int) -> dict[str, str]:
    """A problem with the number that was asked for taken out."""
    return {
        name: str(fact).replace(str(number), "?")
        for name, fact in problem.items()
        if name != "request_id"
    }
