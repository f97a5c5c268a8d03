"""The merchant's bills, reports and details in the portal: his own, once they are issued."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render

from builders import STAFF, a_customer, an_instruction
from settlement_bill_builders import a_billed_month, a_line, an_account_since
from settlement_builders import a_record
from tael.settlement.bills.bill import replace_bill
from tael.settlement.reports.period_report import make_report_now
from visits import customer_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-17", "E-13", "T14")]


@pytest.fixture(autouse=True)
def rendered_with(monkeypatch):
    """What a page was rendered with can be asked of its answer: `response.context`."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


@pytest.fixture
def account(db):
    return an_account_since(datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture
def his(account):
    return customer_client(account.owner)


def test_a_merchant_reads_his_bill_down_to_the_records(account, his):
    a_record(account, "30.00", kind="phone", unit="minutes", quantity="100", number="C-1")
    number = a_billed_month(account, "10.00").pk

    listed = his.get("/portal/merchant/bills")
    shown = his.get(f"/portal/merchant/bills/{number}").content.decode()
    (drill,) = [
        line for line in shown.split('"') if "merchant/records" in line and "kind=phone" in line
    ]
    opened = his.get(drill.replace("&amp;", "&"))

    assert [one.bill.pk for one in listed.context["rows"]] == [number]
    assert "100 minutes" in shown
    assert [line["one"].row.number for line in opened.context["rows"]] == ["C-1"]
    for address in (f"{number}/file", "file"):
        form = "pdf" if address == f"{number}/file" else "csv"
        answer = his.get(f"/portal/merchant/bills/{address}", {"format": form})
        assert answer.status_code == 200, address


@pytest.mark.rule("A10", "A11")
def test_a_draft_is_not_shown_and_a_void_bill_says_so(account, his):
    number = a_billed_month(account, "40.00").pk
    draft = replace_bill(number=number, reason="wrong rate", instruction=an_instruction()).pk

    assert his.get(f"/portal/merchant/bills/{draft}").status_code == 404
    assert "wrong rate" in his.get(f"/portal/merchant/bills/{number}").content.decode()
    assert [one.bill.pk for one in his.get("/portal/merchant/bills").context["rows"]] == [number]


@pytest.mark.rule("B-28", "E-11", "E-16")
def test_a_merchant_reads_his_reports_and_details(account, his):
    a_line(account, "100.00", at=datetime(2026, 9, 5, tzinfo=UTC))
    made = make_report_now(account=account, actor=STAFF, at=datetime(2026, 10, 2, tzinfo=UTC))

    reports = his.get("/portal/merchant/reports")
    details = his.get("/portal/merchant/details", {"what": "adjustment"})

    assert [one.closing.text for one in reports.context["rows"]] == ["100.00"]
    assert reports.context["figures"].closing.text == "100.00"
    assert his.get(f"/portal/merchant/reports/{made.pk}").context["figures"].came.text == "100.00"
    assert [one.after.text for one in details.context["rows"]] == ["100.00"]


def test_who_is_no_merchant_is_told_so(db):
    client = customer_client(a_customer())

    for page in ("bills", "reports", "details"):
        assert client.get(f"/portal/merchant/{page}").status_code == 200
