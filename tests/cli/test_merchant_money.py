"""`tael merchant adjust|collect`."""

from __future__ import annotations

import pytest

from builders import a_customer, a_wallet
from settlement_builders import a_merchant_account, amount_of, some_terms
from settlement_remittance_builders import a_limit


@pytest.mark.rule("B-03", "B-25")
def test_an_account_is_adjusted_and_its_debt_collected(tael):
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    some_terms(account, collect_from=a_wallet(owner=owner, free="50.00").number)
    wrong = ("--amount", "-80.00", "--reason", "billed twice")

    made = tael.json("merchant", "adjust", account.number, *wrong, "--key", "one")
    again = tael.json("merchant", "adjust", account.number, *wrong, "--key", "one")
    assert (made["adjustment"], amount_of(account)) == (again["adjustment"], "-80.00")

    taken = tael.json("merchant", "collect", account.number)
    assert (taken["amount"]["amount"], amount_of(account)) == ("50.00", "-30.00")
    assert tael.refusal("merchant", "collect", account.number)["code"] == "nothing_to_collect"

    assert len(tael.json("merchant", "adjustments", account.number)["data"]) == 1
    assert len(tael.json("merchant", "collections")["data"]) == 1


@pytest.mark.rule("I32")
def test_above_the_limit_it_is_proposed(tael):
    account = a_merchant_account()
    a_limit("10.00")

    asked = tael.json("merchant", "adjust", account.number, "--amount", "11", "--reason", "why")

    assert (asked["adjustment"], asked["proposal"]["state"]) == (None, "proposed")
    assert amount_of(account) == "0.00"
