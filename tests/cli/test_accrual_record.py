"""`tael accrual`: business records, one by one."""

from __future__ import annotations

import pytest

NAMED = ("shop", "service")


@pytest.fixture
def account(tael):
    owner = tael.json("customer", "register", "Corner Shop")["number"]
    tael.json("merchant", "add-source", "shop", "Shop", "--zone=UTC", "--first-day=2026-01-01")
    tael.json("merchant", "add-kind", "service", "Service")
    return str(tael.json("merchant", "open", str(owner), "CNY")["number"])


@pytest.mark.rule("B-08", "B-11", "B-15")
def test_a_record_is_made_once_and_decided(tael, account):
    told = ("accrual", "record", account, *NAMED, "W1", "--amount=-30.00", "--day=2026-10-05")
    made = tael.json(*told, "--pending")
    again = tael.json(*told, "--pending")

    assert made == again
    assert (made["state"], made["amount"]["amount"], made["day"]) == (
        "pending",
        "-30.00",
        "2026-10-05",
    )
    assert tael.json("accrual", "confirm", *NAMED, "W1")["state"] == "confirmed"
    assert tael.refusal("accrual", "fail", *NAMED, "W1")["code"] == "accrual_decided"
    assert tael.json("accrual", "show", *NAMED, "W1")["state"] == "confirmed"
    assert tael.refusal("accrual", "show", *NAMED, "W9")["code"] == "unknown_accrual"
    assert "W1" in tael("accrual", "list", "--account", account, "--unsettled").stdout


@pytest.mark.rule("B-10", "B-13")
def test_a_record_is_reversed_in_parts(tael, account):
    tael.json("accrual", "record", account, *NAMED, "W1", "--amount=100")

    part = tael.json("accrual", "reverse", *NAMED, "W1", "--by=R1", "--amount=40")
    rest = tael.json("accrual", "reverse", *NAMED, "W1", "--by=R2")
    more = tael.refusal("accrual", "reverse", *NAMED, "W1", "--by=R3")

    assert (part["amount"]["amount"], rest["amount"]["amount"]) == ("-40.00", "-60.00")
    assert part["reversed_number"] == "W1"
    assert more["code"] == "reversed_too_much"


def test_a_cancelled_service_ends_there(tael, account):
    tael.json("accrual", "record", account, *NAMED, "W1", "--amount=1", "--pending")

    assert tael.json("accrual", "fail", *NAMED, "W1")["state"] == "failed"
    listed = tael.json("accrual", "list", "--state", "failed")["data"]
    assert [row["number"] for row in listed] == ["W1"]
