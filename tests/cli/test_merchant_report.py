"""`tael merchant report`, `reports` and `details`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from settlement_bill_builders import a_line, an_account_of_two_months, an_account_since

pytestmark = pytest.mark.rule("B-28", "B-29", "E-16")


@pytest.fixture
def account(tael):
    found = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    a_line(found, "100.00", at=datetime(2026, 9, 5, tzinfo=UTC))
    a_line(found, "-80.00", at=datetime(2026, 9, 6, tzinfo=UTC))
    a_line(found, "150.00", at=datetime(2026, 10, 5, tzinfo=UTC))
    return found


def test_figures_are_shown_as_of_any_day_and_of_reports(tael):
    account, until = an_account_of_two_months()
    live = tael.json("merchant", "report", account.number, "--until", until)
    made = tael.json("merchant", "reports", account.number, "--make")["data"]
    latest = tael.json("merchant", "report", account.number, "--number", made[0]["number"])

    assert live["closing"]["amount"] == "20.00"
    assert [one["closing"]["amount"] for one in made] == ["170.00", "20.00"]
    assert (latest["opening"]["amount"], latest["closing"]["amount"]) == ("20.00", "170.00")
    first = tael.json("merchant", "report", account.number, "--limit", 2)
    rest = tael.json("merchant", "report", account.number, "--cursor", first["next_cursor"])
    assert [one["after"]["amount"] for one in first["lines"] + rest["lines"]] == [
        *("100.00", "20.00", "170.00"),
    ]
    assert "--cursor" in tael("merchant", "report", account.number, "--limit", 2).stdout
    assert "170.00" in tael("merchant", "report", account.number).stdout
    assert tael.refusal("merchant", "report", 1)["code"] == "unknown_merchant_account"


def test_details_are_listed_and_written(tael, account, tmp_path):
    lines = tael.json("merchant", "details", account.number, "--what", "adjustment")
    written = tael.json("merchant", "details", account.number, "--to", tmp_path / "lines.xlsx")

    assert [one["after"]["amount"] for one in lines["data"]] == ["170.00", "20.00", "100.00"]
    assert (lines["came"]["amount"], lines["went"]["amount"]) == ("250.00", "-80.00")
    assert written["rows"] == 3
    report = tmp_path / "report.pdf"
    tael.json("merchant", "report", account.number, "--to", report)
    assert report.read_bytes().startswith(b"%PDF")
