"""`tael withdrawal`."""

from __future__ import annotations

import pytest

from builders import a_payee, a_wallet, figures


@pytest.fixture
def wallet(tael):
    return a_wallet(free="10")


@pytest.fixture
def applied(tael, wallet):
    return tael.json(
        "withdrawal",
        "apply",
        *("--wallet", wallet.number, "--payee", a_payee(wallet.owner), "--amount", "4"),
        *("--actor", f"customer:{wallet.owner}"),
    )


@pytest.mark.rule("F-33")
def test_an_application_is_approved_by_somebody_else(tael, wallet, applied):
    number = applied["application"]
    own = tael.refusal("withdrawal", "approve", number, "--actor", f"customer:{wallet.owner}")

    assert own["code"] == "decider_is_applicant"
    assert tael.json("withdrawal", "approve", number)["state"] == "withdrawn"
    assert figures(wallet) == ("6.00", "0.00", "0.00")
    assert tael.refusal("withdrawal", "refuse", number, "--reason", "x")["code"] == (
        "withdrawal_decided"
    )


@pytest.mark.rule("F-33")
def test_an_application_is_refused_with_a_reason(tael, wallet, applied):
    number = applied["application"]

    assert tael.json("withdrawal", "refuse", number, "--reason", "wrong payee")["state"] == (
        "returned"
    )
    assert tael.json("withdrawal", "show", number)["reason"] == "wrong payee"
    assert figures(wallet) == ("10.00", "0.00", "0.00")


def test_an_application_is_cancelled_for_the_customer(tael, wallet, applied):
    number = applied["application"]
    assert [row["number"] for row in tael.json("withdrawal", "list")["data"]] == [number]

    assert tael.json("withdrawal", "cancel", number)["state"] == "cancelled"
    assert tael.json("withdrawal", "list", "--state", "applied")["data"] == []
    assert tael.refusal("withdrawal", "show", 999)["code"] == "unknown_withdrawal"


@pytest.mark.rule("I32")
def test_above_the_limit_a_second_person_confirms(tael, wallet, applied):
    number = applied["application"]
    assert (
        tael.json("withdrawal", "set-limit", "CNY", "--amount", "3")["amount"]["amount"] == "3.00"
    )
    assert [row["currency"] for row in tael.json("withdrawal", "limits")["data"]] == ["CNY"]

    made = tael.json("withdrawal", "approve", number, "--actor", "user:1")
    own = tael.refusal("withdrawal", "confirm", number, "--actor", "user:1")
    done = tael.json("withdrawal", "confirm", number, "--actor", "user:2")

    assert (made["state"], own["code"], done["state"]) == (
        "reviewed",
        "checker_is_maker",
        "withdrawn",
    )
    assert figures(wallet) == ("6.00", "0.00", "0.00")
    assert tael.json("withdrawal", "set-limit", "CNY")["amount"] is None
