"""`tael card`."""

from __future__ import annotations

import pytest

from builders import a_customer, figures
from tael.wallet.wallet import find_wallet


@pytest.fixture
def issued(tael):
    a_customer(10012)
    return tael.json("card", "issue", "--amount", "50", "--currency", "CNY", "--count", 2)


@pytest.mark.rule("F-24")
def test_a_card_is_issued_checked_and_used_once(tael, issued):
    code, other = issued["codes"]
    assert tael.json("card", "check", code)["amount"] == {"amount": "50.00", "currency": "CNY"}

    tael.json("card", "redeem", code, "--owner", 10012)

    assert figures(find_wallet(10012, "CNY"))[0] == "50.00"
    assert tael.refusal("card", "redeem", code, "--owner", 10012)["code"] == "card_used"
    assert tael.refusal("card", "check", code)["code"] == "card_used"
    assert tael.refusal("card", "check", "x")["code"] == "card_malformed"
    assert tael.json("card", "check", other)


def test_the_unused_cards_of_a_batch_are_made_void(tael, issued):
    tael.json("card", "redeem", issued["codes"][0], "--owner", 10012)

    assert tael.json("card", "void", issued["number"], "--reason", "stolen")["void"] == 1
    (batch,) = tael.json("card", "list")["data"]
    assert (batch["count"], batch["used"], batch["void"]) == (2, 1, 1)


@pytest.mark.rule("F-24")
def test_one_card_is_made_void_by_its_number_or_its_code(tael, issued):
    first, second = (row["number"] for row in tael.json("card", "cards", issued["number"])["data"])

    ended = tael.json("card", "void", issued["number"], "--card", first, "--reason", "lost")

    assert (ended["number"], ended["state"]) == (first, "void")
    listed = tael.json("card", "cards", issued["number"], "--state", "unused")["data"]
    assert [row["number"] for row in listed] == [second]
    for code in issued["codes"]:
        tael.json("card", "void", "--code", code, "--reason", "lost")
    assert tael.json("card", "cards", issued["number"], "--state", "unused")["data"] == []
    refused = tael.refusal("card", "void", issued["number"], "--card", 999, "--reason", "x")
    assert refused["code"] == "card_unknown"


def test_the_codes_are_told_to_be_kept(tael):
    done = tael("card", "issue", "--amount", "1", "--currency", "CNY", "--count", 1)

    assert done.stdout.splitlines()[-1] == "Keep the codes: they are stored as hashes only."


def test_a_batch_under_one_key_is_issued_once(tael):
    words = ("card", "issue", "--amount", "1", "--currency", "CNY", "--count", 1, "--key", "k")
    tael.json(*words)

    assert tael.refusal(*words)["code"] == "card_batch_refused"
