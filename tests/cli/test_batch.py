"""`tael batch`: from the list that waits to the bank's answer, in a terminal."""

from __future__ import annotations

import hashlib
import json

import pytest

from builders import a_payee
from settlement_batch_builders import filled
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, an_application
from tael.cli import batch
from tael.documents import payout_file

pytestmark = pytest.mark.rule("B-35", "B-36", "B-38")


@pytest.mark.rule("X-B8")
def test_a_batch_is_made_checked_exported_and_answered(tael, tmp_path, monkeypatch):
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    for amount in ("10.00", "20.00"):
        an_application(account, amount, payee=payee)
    made = tael.json("batch", "make", "--currency", "CNY", "--channel", "Alipay")
    number = made["data"][0]["number"]
    assert tael.json("batch", "check", number)["state"] == "checked"
    sheet = tmp_path / "out.xlsx"
    monkeypatch.setattr(payout_file, "TOLD_EVERY", 1)
    monkeypatch.setattr(batch, "_is_watched", lambda: True)
    written = tael("batch", "export", number, "--to", sheet, "--json")
    assert written.stderr == "\r1 of 2 rows\r2 of 2 rows\n"
    exported = json.loads(written.stdout)
    again = tmp_path / "again.xlsx"
    tael.json("batch", "export", number, "--again", "--to", again)
    assert again.read_bytes() == sheet.read_bytes()
    assert hashlib.sha256(sheet.read_bytes()).hexdigest() == exported["file_digest"]
    answered = tmp_path / "in.xlsx"
    answered.write_bytes(
        filled(sheet.read_bytes(), ("paid", "F1", ""), ("failed", "", "no such account"))
    )

    rehearsed = tael("batch", "import", number, answered, "--dry-run", "--json")
    dry = json.loads(rehearsed.stdout)
    assert (dry["paid"], dry["failed"], amount_of(account)) == (1, 1, "70.00")
    taken = tael("batch", "import", number, answered, "--json")
    done = json.loads(taken.stdout)
    assert ["2 of 2 rows" in each.stderr for each in (rehearsed, taken)] == [True, True]
    repeated = tael.json("batch", "import", number, answered)

    assert (done["paid"], done["failed"], done["state"]) == (1, 1, "taken")
    assert (repeated["paid"], repeated["unchanged"]) == (0, 2)
    assert amount_of(account) == "90.00"
    assert tael.json("batch", "show", number)["state"] == "settled"
    assert [row["state"] for row in tael.json("batch", "rows", number)["data"]] == [
        "paid",
        "failed",
    ]


def test_an_unknown_row_is_listed_and_answered_by_a_person(tael, tmp_path):
    account = an_account_with("100.00")
    row = an_application(account, "10.00", payee=a_payee(account.owner))
    made = tael.json("batch", "make", "--currency", "CNY", "--channel", "Alipay")
    number = made["data"][0]["number"]
    tael.json("batch", "check", number)
    sheet = tmp_path / "out.xlsx"
    tael.json("batch", "export", number, "--to", sheet)
    sheet.write_bytes(filled(sheet.read_bytes(), ("unknown", "", "")))
    tael.json("batch", "import", number, sheet)
    (told,) = tael.json("batch", "unknown", "--queue", "person")["data"]
    assert (told["withdrawal"], told["asks"]) == (row.pk, [])
    made = tael.json("batch", "ask-at", "Alipay", "https://bank.example.com/payouts")
    assert made["secret"] != tael.json("batch", "new-secret", "Alipay")["secret"]
    assert tael.json("batch", "unknown", "--queue", "person")["data"] == []
    tael.json("batch", "ask-no-more", "Alipay")

    said = ("--withdrawal", row.pk, "--outcome", "paid", "--flow-number", "F7", "--reason", "seen")
    assert tael.json("batch", "answer", number, *said)["state"] == "settled"
    assert tael.refusal("batch", "revoke", number, "--reason", "x")["code"] == (
        "batch_move_refused"
    )


def test_a_batch_is_written_as_a_payment_message(tael, tmp_path, monkeypatch):
    for setting, text in (("NAME", "Tael"), ("ACCOUNT", "1"), ("BIC", "WESTGB2L")):
        monkeypatch.setenv(f"TAEL_PAYOUT_DEBTOR_{setting}", text)
    account = an_account_with("100.00")
    an_application(account, "10.00", payee=a_payee(account.owner))
    made = tael.json("batch", "make", "--currency", "CNY", "--channel", "Alipay")
    number = made["data"][0]["number"]
    tael.json("batch", "check", number)
    file = tmp_path / "out.xml"

    tael.json("batch", "export", number, "--format", "pain.001.001.03", "--to", file)

    assert b"<CtrlSum>10.00</CtrlSum>" in file.read_bytes()
