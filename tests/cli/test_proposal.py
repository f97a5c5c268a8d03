"""`tael proposal`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import a_proposal, told

pytestmark = pytest.mark.rule("I32")


@pytest.fixture
def account(tael):
    return a_merchant_account()


def waiting(account, amount="-30.00", **given):
    now = datetime.now(UTC)  # noqa: TID251 - as the command does
    return a_proposal(account, amount, instruction=told(at=now, **given)).pk


def test_a_proposal_of_another_is_approved_once(tael, account):
    number = waiting(account)

    shown = tael.json("proposal", "show", number)
    assert {"field": "amount", "before": None, "after": -3000} in shown["differences"]
    assert tael.json("proposal", "approve", number, "--dry-run")["data"][0]["state"] == "approved"
    assert amount_of(account) == "0.00"
    done = tael.json("proposal", "approve", number, "--key", "one")
    again = tael.json("proposal", "approve", number, "--key", "one")

    assert (done["data"][0]["state"], again["data"]) == ("approved", done["data"])
    assert tael.refusal("proposal", "approve", number)["code"] == "proposal_decided"
    assert amount_of(account) == "-30.00"


def test_many_are_approved_each_with_its_outcome(tael, account):
    first, own = waiting(account), waiting(account, "-50.00", actor="cli:maker")

    done = tael.json("proposal", "approve", first, own, 999, "--actor", "cli:maker")["data"]

    assert [one["state"] for one in done] == ["approved", None, None]
    codes = [one["refusal"]["code"] for one in done[1:]]
    assert codes == ["own_proposal", "unknown_proposal"]
    assert amount_of(account) == "-30.00"


def test_a_proposal_is_refused_or_withdrawn(tael, account):
    first, own = waiting(account), waiting(account, "-50.00", actor="cli:maker")

    assert tael.json("proposal", "refuse", first, "--reason", "no")["state"] == "refused"
    assert tael.json("proposal", "withdraw", own, "--actor", "cli:maker")["state"] == "withdrawn"

    assert tael.json("proposal", "list", "--state", "proposed")["data"] == []
    listed = tael.json("proposal", "list", "--account", account.number)["data"]
    assert [row["number"] for row in listed] == [own, first]


def test_limits_are_set_and_lifted(tael):
    which = ("settlement.adjust", "CNY")

    assert tael.json("proposal", "set-limit", *which, "--amount", "10")["amount"] == {
        "amount": "10.00",
        "currency": "CNY",
    }
    assert tael.json("proposal", "set-limit", *which)["amount"] is None
    (row,) = tael.json("proposal", "limits")["data"]
    assert (row["command"], row["amount"]) == ("settlement.adjust", None)
    assert tael.refusal("proposal", "set-limit", "x", "CNY")["code"] == "unknown_command"
