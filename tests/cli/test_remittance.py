"""`tael remittance`."""

from __future__ import annotations

import pytest

from settlement_builders import a_merchant_account, amount_of

pytestmark = pytest.mark.rule("B-24", "B-31", "B-32")


@pytest.fixture
def account(tael):
    return a_merchant_account()


def declared(tael, account, *more):
    return tael.json(
        "remittance",
        "declare",
        account.number,
        *("--amount", "80", "--channel", "Alipay", "--flow-number", "F-1"),
        *("--paid-on", "2026-03-01", "--at", "2026-03-02T09:00:00Z", *more),
    )


def test_one_side_declares_and_the_other_confirms(tael, account):
    made = declared(tael, account, "--side", "merchant", "--actor", f"customer:{account.owner}")
    number = made["number"]
    assert (made["payer"], made["state"], amount_of(account)) == ("merchant", "declared", "0.00")

    own = tael.refusal("remittance", "confirm", number, "--side", "merchant")
    looked = tael.json("remittance", "confirm", number, "--dry-run")
    assert (own["code"], looked["dry_run"]) == ("not_the_other_side", True)
    assert amount_of(account) == "0.00"
    done = tael.json("remittance", "confirm", number, "--key", "one")
    again = tael.json("remittance", "confirm", number, "--key", "one")

    assert (done["state"], done["replayed"], again["replayed"]) == ("confirmed", False, True)
    assert amount_of(account) == "80.00"
    assert tael.json("remittance", "show", number)["entry"] == done["entry"]


def test_what_the_platform_paid_is_disputed_or_withdrawn(tael, account):
    first = declared(tael, account)["number"]
    merchant = ("--side", "merchant", "--actor", f"customer:{account.owner}")
    done = tael.json("remittance", "dispute", first, "--reason", "not there", *merchant)
    assert (done["state"], done["reason"]) == ("disputed", "not there")

    second = declared(tael, account)["number"]
    assert tael.json("remittance", "withdraw", second)["state"] == "withdrawn"

    listed = tael.json("remittance", "list", "--account", account.number)["data"]
    assert [row["state"] for row in listed] == ["withdrawn", "disputed"]
    assert tael.json("remittance", "list", "--state", "declared")["data"] == []
    assert amount_of(account) == "0.00"


def test_what_cannot_be_is_refused(tael, account):
    wrong = ("--channel", "Alipay", "--flow-number", "F-1", "--paid-on", "yesterday")
    refusal = tael.refusal("remittance", "declare", account.number, "--amount", "1", *wrong)
    assert (refusal["code"], refusal["field"]) == ("remittance_malformed", "paid_on")
    assert tael.refusal("remittance", "show", 7)["code"] == "unknown_remittance"
