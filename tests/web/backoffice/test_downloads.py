"""Whoever may take exports gets exactly what a filter finds, and is written down."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from builders import a_busy_wallet
from tael.parties.queries import audit_trail
from tael.parties.role import ROLES
from tael.wallet.flow_search import Wanted, all_records
from tael.wallet.operation import Operation
from visits import staff_client


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def numbers(content: bytes) -> list[int]:
    read = rows(content)
    return [int(row[0]) for row in read[read.index([]) + 2 :]]


@pytest.fixture
def wallet(db):
    wallet, _after = a_busy_wallet()
    return wallet


def found(wanted: Wanted) -> list[int]:
    return [record.id for record in all_records(wanted, limit=200).records]


def test_the_file_of_flow_records_is_what_the_filter_finds(wallet):
    auditor = staff_client("auditor")
    cases = {
        "": Wanted(),
        "operation=freeze": Wanted(operation=Operation.FREEZE),
        "channel=Alipay": Wanted(channel="Alipay"),
        f"wallet={wallet.number}": Wanted(wallet=wallet),
        "currency=CNY&least=5.00&most=30.00": Wanted(currency="CNY", least=500, most=3000),
    }
    for query, wanted in cases.items():
        answer = auditor.get(f"/backoffice/flows/file?format=csv&{query}")

        assert answer.status_code == 200, query
        assert numbers(answer.content) == found(wanted) != []
    told = rows(auditor.get("/backoffice/flows/file?format=csv&operation=freeze").content)
    assert ["Operation", "freeze"] in told


def test_who_takes_a_file_is_written_down(wallet):
    checker = staff_client("finance_checker")

    statement = checker.get(f"/backoffice/wallets/{wallet.number}/file?format=pdf")
    flows = checker.get("/backoffice/flows/file?format=xlsx")

    assert statement.content.startswith(b"%PDF-")
    assert flows.content.startswith(b"PK")
    taken = [row for row in audit_trail() if row.action == "export.take"]
    assert [row.subject.partition("-")[0] for row in taken] == ["file:flows.xlsx", "file:statement"]
    assert all(row.details["rows"] for row in taken)


@pytest.mark.rule("T14")
@pytest.mark.parametrize("role", ROLES)
def test_only_roles_that_may_take_exports_get_one(wallet, role):
    browser = staff_client(role)
    allowed = "exports.take" in ROLES[role]

    for address in (
        f"/backoffice/wallets/{wallet.number}/file?format=csv",
        "/backoffice/flows/file?format=csv",
    ):
        assert browser.get(address).status_code == (200 if allowed else 403)
    taken = [row for row in audit_trail() if row.action == "export.take"]
    assert len(taken) == (2 if allowed else 0)


def test_what_cannot_be_read_is_refused_and_nothing_is_taken(wallet):
    maker = staff_client("finance_maker")
    for query in ("format=pdf", "format=csv&since=yesterday", "format=csv&wallet=1"):
        answer = maker.get(f"/backoffice/flows/file?{query}")
        assert 400 <= answer.status_code < 500, query
    assert maker.get("/backoffice/wallets/1/file?format=csv").status_code == 404
    assert not [row for row in audit_trail() if row.action == "export.take"]


def test_the_pages_link_to_their_files_with_their_filters_for_those_who_may(wallet):
    pages = (
        f"/backoffice/wallets/{wallet.number}?operation=deduct",
        "/backoffice/flows?operation=deduct",
    )
    for address in pages:
        link = re.compile(r'href="([^"]*/file\?format=csv[^"]*)"')
        shown = staff_client("auditor")
        (found,) = link.findall(shown.get(address).content.decode())
        assert numbers(shown.get(unescape(found)).content)
        assert "operation=deduct" in found
        assert not link.findall(staff_client("support").get(address).content.decode())
