"""Business records in a file over HTTP: each row its verdict, a dry run, the same request again, the report."""

from __future__ import annotations

import pytest

from api.client import a_key
from settlement_builders import a_merchant_account
from settlement_import_builders import a_file, a_line, in_november
from sheet_files import an_xlsx
from tael.settlement.models import Accrual, AccrualImport
from tael.settlement.records import import_check
from tael.settlement.records.import_check import carry_on_imports

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-14", "B-15")]

ADDRESS = "/accrual-imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def data() -> bytes:
    account = a_merchant_account().number
    return a_file(a_line(account, "A1", "20.00"), a_line(999999, "A2", "1.00"))


def sent(data: bytes, *, key: str = "new", kind: str = "text/csv", **query):
    return a_key("settlement:record").send(
        "POST", ADDRESS, data, key=key, content_type=kind, query=query
    )


def test_each_row_has_its_verdict(data: bytes) -> None:
    reply = sent(data, name="october.csv")

    assert reply.status == 201
    body = reply.body
    assert (body["rows"], body["recorded"], body["refused"]) == (2, 1, 1)
    assert (body["state"], body["name"]) == ("finished", "october.csv")
    assert [(row["row"], row["code"]) for row in body["refusals"]] == [
        (3, "unknown_merchant_account")
    ]
    caller = a_key("settlement:record")
    assert caller.get(f"{ADDRESS}/{body['number']}").body["recorded"] == 1
    rows = caller.get(f"{ADDRESS}/{body['number']}/rows", limit=1).body
    assert (rows["data"][0]["verdict"], rows["has_more"]) == ("recorded", True)
    later = caller.get(f"{ADDRESS}/{body['number']}/rows", cursor=rows["next_cursor"]).body
    assert [row["row"] for row in later["data"]] == [3]
    assert len(caller.get(ADDRESS).body["data"]) == 1
    report = caller.get(f"{ADDRESS}/{body['number']}/report", format="csv")
    assert "unknown_merchant_account" in report.raw.decode("utf-8-sig")


def test_a_dry_run_keeps_nothing(data: bytes) -> None:
    reply = sent(data, dry_run="true")

    assert (reply.status, reply.body["recorded"], reply.body["number"]) == (200, 1, None)
    assert not Accrual.objects.exists()
    assert not AccrualImport.objects.exists()


def test_the_same_request_again_is_the_same_import(data: bytes) -> None:
    caller = a_key("settlement:record")

    def once():
        return caller.send("POST", ADDRESS, data, key="k-1", content_type="text/csv")

    first, again = once(), once()

    assert (again.replayed, again.body["number"]) == (True, first.body["number"])
    other = caller.send("POST", ADDRESS, data + b"\n,,,\n", key="k-1", content_type="text/csv")
    assert other.code == "key_reused"
    assert Accrual.objects.count() == 1


def test_the_same_file_under_another_key_adds_nothing(data: bytes) -> None:
    sent(data)

    again = sent(data)

    assert (again.body["recorded"], again.body["there"]) == (0, 1)
    assert Accrual.objects.count() == 1


def test_a_workbook_may_come() -> None:
    account = a_merchant_account().number
    line = a_line(account, "A1", "20.00")
    reply = sent(an_xlsx([list(line), list(line.values())]), kind=XLSX)

    assert reply.body["recorded"] == 1


def test_only_the_house_may(data: bytes) -> None:
    reader = a_key("settlement:read")

    assert reader.send("POST", ADDRESS, data, key="new", content_type="text/csv").status == 403
    assert reader.get(ADDRESS).status == 403


def test_what_is_no_sheet_and_what_is_not_there_is_refused() -> None:
    assert sent(b"a,b\n").code == "import_columns"
    assert a_key("settlement:record").get(f"{ADDRESS}/17").code == "unknown_import"


def test_a_large_file_is_rehearsed_by_a_worker_then_recorded(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_check, "READ_AT_ONCE", 0)
    caller = a_key("settlement:record")

    def brought(key: str):
        address = f"{ADDRESS}/rehearsals"
        return caller.send("POST", address, data, key=key, content_type="text/csv").body

    made, address = brought("k-1"), f"{ADDRESS}/{brought('k-1')['number']}"
    assert (made["state"], made["rows"], made["read"]) == ("reading", 0, 0)
    assert caller.post(f"{address}/record", {}).code == "import_not_checked"
    carry_on_imports(clock=in_november)
    seen = caller.get(address).body
    assert (seen["state"], seen["read"], seen["checked"], seen["done"]) == ("checked", 2, 2, 0)
    assert caller.post(f"{address}/record", {}).body["recorded"] == 1
    assert caller.post(f"{address}/cancel", {}).code == "import_ended"
    other = brought("k-2")["number"]
    assert caller.post(f"{ADDRESS}/{other}/cancel", {}).body["state"] == "cancelled"
    assert sent(data, dry_run="true").code == "rehearsal_too_large"
