"""Payout batches over HTTP: made by one key, approved by another, exported, downloaded, answered once."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client

from api.client import Caller, a_key
from builders import AT, STAFF, a_customer, a_payee, money
from settlement_batch_builders import a_checked, filled, with_the_bank
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, an_application
from tael.approvals.limit import set_approval_limit
from tael.settlement.payouts import batch_export

pytestmark = pytest.mark.rule("B-35", "B-36", "B-38")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(caller: Caller, path: str, data: bytes, key: str = "answer-1", query: str = ""):
    return Client(SERVER_NAME="localhost").post(
        f"/api/v1{path}{query}",
        data=data,
        content_type=XLSX,
        headers={"authorization": f"Bearer {caller.text}", "idempotency-key": key},
    )


@pytest.mark.rule("I32")
def test_a_batch_goes_its_way_by_two_keys(house: Caller):
    set_approval_limit(
        command=batch_export.PAYOUT_BATCH.code,
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=AT,
    )
    account = an_account_with("100.00")
    an_application(account, "10.00", payee=a_payee(account.owner))
    made = house.post("/payout-batches", {"currency": "CNY", "channel": "Alipay"})
    assert made.status == 201
    number = made.body["data"][0]["number"]
    at = f"/payout-batches/{number}"
    assert house.post(f"{at}/check", {}).body["state"] == "checked"
    assert house.post(f"{at}/export", {"format": "csv"}).code == "batch_needs_approval"
    assert house.post(f"{at}/approve", {}).code == "batch_own_approval"
    assert a_key().post(f"{at}/approve", {}).body["state"] == "approved"

    done = house.post(f"{at}/export", {"format": "csv"})
    file = Client(SERVER_NAME="localhost").get(
        f"/api/v1{at}/file", headers={"authorization": f"Bearer {house.text}"}
    )

    assert hashlib.sha256(file.content).hexdigest() == done.body["file_digest"]
    assert house.get(f"{at}/rows").body["data"][0]["state"] == "live"
    assert house.get("/payout-batches?state=exported").body["data"][0]["number"] == number


def test_a_batch_is_a_payment_message_once_the_debtor_is_known(house: Caller, monkeypatch):
    number = a_checked("10.00").pk
    asked = {"format": "pain.001.001.09"}
    assert house.post(f"/payout-batches/{number}/export", asked).code == "payout_debtor_missing"
    for setting, text in (("NAME", "Tael"), ("ACCOUNT", "1"), ("BIC", "WESTGB2L")):
        monkeypatch.setenv(f"TAEL_PAYOUT_DEBTOR_{setting}", text)

    done = house.post(f"/payout-batches/{number}/export", asked)
    file = Client(SERVER_NAME="localhost").get(
        f"/api/v1/payout-batches/{number}/file", headers={"authorization": f"Bearer {house.text}"}
    )

    assert done.body["format"] == "pain.001.001.09"
    assert file["Content-Type"] == "application/xml"
    assert hashlib.sha256(file.content).hexdigest() == done.body["file_digest"]


def test_an_answer_is_rehearsed_and_then_done_once(house: Caller):
    account = an_account_with("100.00")
    batch, content = with_the_bank("10.00", "20.00", account=account)
    file = filled(content, ("paid", "F1", ""), ("failed", "", "no such account"))
    path = f"/payout-batches/{batch.pk}/results"

    dry = send(house, path, file, query="?dry_run=true").json()
    assert (dry["paid"], dry["failed"], dry["dry_run"], dry["number"]) == (1, 1, True, None)
    assert amount_of(account) == "70.00"
    first = send(house, path, file)
    again = send(house, path, file)

    assert (first.status_code, first.json()["state"]) == (201, "taken")
    assert again.json()["number"] == first.json()["number"]
    assert amount_of(account) == "90.00"
    number = first.json()["number"]
    rows = house.get(f"/payout-results/{number}/rows").body["data"]
    assert [row["verdict"] for row in rows] == ["paid", "failed"]


@pytest.mark.rule("T14")
def test_a_customers_key_reaches_no_batch(house: Caller):
    batch, _ = with_the_bank("10.00")
    his = a_key(customer=a_customer())

    reply = his.get(f"/payout-batches/{batch.pk}")

    assert (reply.status, reply.code) == (403, "scope_missing")
