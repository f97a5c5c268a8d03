"""A batch: each item under its own key, with its own verdict; or all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from builders import a_customer, a_payee, a_rate, figures

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


def item(operation: str, key: str, wallet: Wallet, text: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "operation": operation,
        "key": key,
        "wallet": wallet.number,
        "amount": amount(text),
        **more,
    }


def send(house: Caller, *items: Any, mode: str = "independent", **query: Any):
    return house.post("/batch", {"mode": mode, "items": list(items)}, key=None, **query)


def verdicts(body: dict[str, Any]) -> list[str]:
    return [
        each["problem"]["code"] if each["problem"] else each["verdict"] for each in body["data"]
    ]


@pytest.mark.rule("F-38", "I8")
def test_each_item_has_its_verdict_and_sees_those_before_it(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    reply = send(
        house,
        item("deduct", "1", wallet, "100"),
        item("deduct", "2", wallet, "1"),
        item("recharge", "3", wallet, "7"),
        item("transfer", "4", wallet, "7", target=theirs.number),
        item("recharge", "3", wallet, "7"),
        item("recharge", "3", wallet, "8"),
        item("transfer", "5", wallet, "7", target=theirs.number),
    )

    assert reply.status == 200
    assert verdicts(reply.body) == [
        "posted",
        "insufficient_funds",
        "posted",
        "posted",
        "replayed",
        "key_reused",
        "insufficient_funds",
    ]
    assert (reply.body["posted"], reply.body["replayed"], reply.body["refused"]) == (3, 1, 3)
    assert "withdrawable 0.00 CNY" in reply.body["data"][1]["problem"]["there"]
    assert (figures(wallet)[0], figures(theirs)[0]) == ("0.00", "57.00")


def test_all_seven_operations_can_stand_in_one_batch(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    a_rate("CNY/USD", "0.14")
    payee = a_payee(wallet.owner)

    reply = send(
        house,
        item("recharge", "1", wallet, "10"),
        item("deduct", "2", wallet),
        item("freeze", "3", wallet, "20"),
        item("transfer", "4", wallet, target=theirs.number),
        item("unfreeze", "5", wallet, "5"),
        item("withdraw", "6", wallet, payee=payee),
        item("exchange", "7", wallet, "10", into="USD"),
        item("deduct", "8", wallet, "5", source="frozen"),
        item("transfer", "9", wallet, to=a_customer()),
        item("recharge", "10", wallet, "0.02"),
    )

    assert verdicts(reply.body) == ["posted"] * 10
    assert figures(wallet) == ("81.02", "0.00", "10.00")
    after = {each["number"]: each["figures"] for each in reply.body["wallets"]}
    assert after[wallet.number]["liquid"] == amount("81.02")
    assert len(after) == 4


@pytest.mark.rule("I8", "T5")
def test_the_same_batch_again_moves_nothing(house: Caller, wallet: Wallet) -> None:
    items = [item("deduct", str(n), wallet) for n in range(5)] + [item("freeze", "f", wallet)]
    first = send(house, *items)

    again = send(house, *items)

    assert verdicts(again.body) == ["replayed"] * 6
    assert [each["receipt"] for each in again.body["data"]] == [
        each["receipt"] for each in first.body["data"]
    ]
    assert figures(wallet) == ("94.00", "0.00", "1.00")


@pytest.mark.rule("F-38")
def test_an_atomic_batch_is_done_wholly_or_not_at_all(house: Caller, wallet: Wallet) -> None:
    good = [item("deduct", "1", wallet, "10"), item("freeze", "2", wallet, "10")]

    refused = send(house, *good, item("deduct", "3", wallet, "100"), mode="atomic")
    assert (refused.status, refused.code) == (409, "insufficient_funds")
    assert refused.body["field"] == "items.2.amount"
    assert figures(wallet) == ("100.00", "0.00", "0.00")

    done = send(house, *good, item("deduct", "3", wallet, "5"), mode="atomic")
    assert verdicts(done.body) == ["posted"] * 3
    assert figures(wallet) == ("75.00", "0.00", "10.00")


def test_what_an_item_says_wrong_is_named_with_its_place(house: Caller, wallet: Wallet) -> None:
    wrong = [
        {**item("deduct", "1", wallet), "amount": amount(5)},
        {**item("deduct", "2", wallet), "extra": 1},
        {**item("deduct", "3", wallet), "operation": "steal"},
        {"operation": "deduct"},
        "deduct",
        {**item("deduct", "鍵", wallet)},
    ]

    independent = send(house, item("deduct", "0", wallet), *wrong)
    atomic = send(house, item("deduct", "a", wallet), wrong[1], mode="atomic")

    assert verdicts(independent.body) == ["posted", "amount_malformed"] + [
        "request_invalid"
    ] * 4 + ["instruction_malformed"]
    assert independent.body["data"][2]["problem"]["errors"][0]["field"] == "extra"
    assert (atomic.status, atomic.body["field"]) == (422, "items.1.extra")
    assert figures(wallet)[0] == "99.00"


@pytest.mark.rule("T14")
def test_each_item_asks_for_its_own_scope(wallet: Wallet) -> None:
    caller = a_key("operations:deduct")

    reply = send(caller, item("deduct", "1", wallet), item("recharge", "2", wallet))

    assert verdicts(reply.body) == ["posted", "scope_missing"]


@pytest.mark.rule("T14")
def test_a_customers_batch_reaches_his_own_wallets(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)

    reply = send(
        own,
        item("transfer", "1", wallet, target=theirs.number),
        item("transfer", "2", theirs, target=wallet.number),
    )

    assert verdicts(reply.body) == ["posted", "unknown_wallet"]
    assert [each["number"] for each in reply.body["wallets"]] == [wallet.number]


def test_a_dry_run_of_a_batch_leaves_everything_as_it_was(house: Caller, wallet: Wallet) -> None:
    items = [item("deduct", "1", wallet, "60"), item("freeze", "2", wallet, "60")]

    reply = send(house, *items, dry_run="true")

    assert verdicts(reply.body) == ["posted", "insufficient_funds"]
    assert reply.body["dry_run"] is True
    assert reply.body["wallets"][0]["figures"]["liquid"] == amount("40.00")
    assert figures(wallet) == ("100.00", "0.00", "0.00")
    assert verdicts(send(house, items[0]).body) == ["posted"]


@pytest.mark.rule("T23")
@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_1_to_1000_items(count: int, house: Caller, wallet: Wallet) -> None:
    reply = send(house, *[item("deduct", str(n), wallet, "0.01") for n in range(count)])

    assert (reply.status, reply.body["field"]) == (422, "items")
    assert figures(wallet)[0] == "100.00"


def test_a_thousand_items_share_their_commits(house: Caller, wallet: Wallet) -> None:
    reply = send(house, *[item("deduct", str(n), wallet, "0.01") for n in range(1000)])

    assert (reply.body["posted"], figures(wallet)[0]) == (1000, "90.00")
    assert len({each["receipt"]["booked_at"] for each in reply.body["data"]}) == 1
