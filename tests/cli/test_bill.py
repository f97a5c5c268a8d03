"""`tael bill`."""

from __future__ import annotations

import json

import pytest

from settlement_bill_builders import a_billed_month
from settlement_builders import a_merchant_account, a_record, amount_of, some_terms
from tael.cli import bill

pytestmark = pytest.mark.rule("B-20", "E-13")


@pytest.fixture
def account(tael):
    return a_merchant_account()


def test_a_run_bills_what_is_due_once(tael, account, monkeypatch):
    a_record(account, "40.00")
    monkeypatch.setattr(bill, "_is_watched", lambda: True)

    told = tael("bill", "run", "--day", "2026-11-01", "--json")
    first = json.loads(told.stdout)
    assert "] 1 of 1 periods, 1 bills" in told.stderr
    again = tael.json("bill", "run", "--day", "2026-11-01")

    assert (first["state"], first["bills"], first["records"]) == ("finished", 1, 1)
    assert again["bills"] == 1
    assert tael.json("bill", "runs")["data"][0]["number"] == first["number"]
    assert tael.json("bill", "items", first["number"])["data"][0]["account"] == account.number
    assert tael.refusal("bill", "run", "--day", "2999-01-01")["code"] == "bill_run_too_early"
    assert amount_of(account) == "40.00"


def test_bills_are_found_and_shown_with_their_lines(tael, account):
    a_record(account, "30.00", kind="phone", unit="minutes", quantity="100")
    number = a_billed_month(account, "10.00").pk

    found = tael.json(
        "bill", "list", "--account", account.number, "--currency", "CNY", "--least", "40"
    )
    shown = tael("bill", "show", number)

    assert [one["number"] for one in found["data"]] == [number]
    assert found["total CNY"] == {"amount": "40.00", "currency": "CNY"}
    assert tael.json("bill", "list", "--currency", "CNY", "--most", "-1")["data"] == []
    assert "100" in shown.stdout
    assert "minutes" in shown.stdout
    records = tael.json("bill", "records", number, "--kind", "phone")["data"]
    assert [one["amount"]["amount"] for one in records] == ["30.00"]


def test_a_bill_is_reviewed_issued_and_replaced(tael, account):
    some_terms(account, review=True)
    number = a_billed_month(account, "40.00").pk

    states = [
        tael.json("bill", verb, number)["state"]
        for verb in ("review", "reopen", "refresh", "issue")
    ]
    made = tael.json("bill", "replace", number, "--reason", "wrong rate")

    assert states == ["reviewed", "draft", "draft", "issued"]
    assert (made["replaces"], made["state"]) == (number, "draft")
    assert amount_of(account) == "0.00"
    assert tael.refusal("bill", "review", number)["code"] == "bill_move_refused"
    assert tael.refusal("bill", "show", 1)["code"] == "unknown_bill"


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_a_bill_is_written_to_a_file(tael, account, tmp_path, form):
    number = a_billed_month(account, "40.00").pk
    file = tmp_path / f"bill.{form}"

    written = tael.json("bill", "file", number, "--to", file, "--language", "zh-hant")

    assert written["bytes"] == file.stat().st_size
    assert written["digest"] == tael.json("bill", "show", number)["digest"]
