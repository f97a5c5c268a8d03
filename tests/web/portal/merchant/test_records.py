"""The merchant's single records: found by what they are, each with its reversals and its bill."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render

from builders import an_instruction
from settlement_bill_builders import a_billed_month, an_account_since
from settlement_builders import a_merchant_account, a_record, a_reversal
from settlement_remittance_builders import an_adjustment
from tael.documents.csv_file import read_csv
from tael.settlement.bills.bill import replace_bill
from tael.web.look.settlement_words import DOCUMENT_PAGES, WORD_NAMES
from visits import customer_client, staff_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("E-12", "A12", "A35", "T14")]
LIST = "/portal/merchant/records"


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


def test_records_are_found_by_day_kind_state_and_bill_and_added_up(account, his):
    a_record(account, "30.00", kind="phone", unit="minutes", quantity="100", number="C-1")
    bill = a_billed_month(account, "10.00").pk
    a_record(account, "-3.00", number="late", day=date(2026, 11, 3))
    a_record(account, "9.00", number="open", day=date(2026, 11, 3), confirmed=False)
    a_record(a_merchant_account(), "8.00", number="another's")

    def found(**asked):
        page = his.get(LIST, asked)
        return [line["one"].row.number for line in page.context["rows"]], page

    assert found()[0][:2] == ["open", "late"]
    assert len(found()[0]) == 4
    assert found(kind="phone")[0] == ["C-1"]
    assert found(state="pending")[0] == ["open"]
    assert found(since="2026-11-01", state="confirmed")[0] == ["late"]
    of_bill, page = found(bill=bill)
    assert len(of_bill) == 2
    assert [total.net.text for total in page.context["totals"]] == ["40.00"]
    assert found(number="another's")[0] == []
    file = his.get(f"{LIST}/file", {"format": "csv", "bill": bill})
    assert [row[5] for row in read_csv(file.content)[-2:]] == of_bill
    assert b"Came by" not in file.content


def test_a_record_leads_to_its_reversals_and_its_bill_and_a_draft_is_not_named(account, his):
    record = a_record(account, "30.00", number="C-1")
    back = a_reversal(record, "12.00", number="R-1")
    bill = a_billed_month(account).pk

    shown = his.get(f"{LIST}/{record.pk}").content.decode()
    reversal = his.get(f"{LIST}/{back.pk}").content.decode()
    ours = staff_client("support").get(f"/backoffice/settlement/records/{record.pk}")
    assert f"/portal/merchant/records/{back.pk}" in shown
    assert f"/portal/merchant/records/{record.pk}" in reversal
    assert f"/portal/merchant/bills/{bill}" in shown
    assert f"/backoffice/settlement/bills/{bill}" in ours.content.decode()

    draft = replace_bill(number=bill, reason="wrong", instruction=an_instruction()).pk
    again = his.get(f"{LIST}/{record.pk}").content.decode()
    assert f"bills/{draft}" not in again
    assert "not yet on a bill" in again


@pytest.mark.rule("B-03", "E-11")
def test_each_line_of_an_account_leads_to_what_made_it_on_both_sites(account, his):
    row = an_adjustment(account, "5.00")
    a_billed_month(account, "10.00")

    theirs = his.get("/portal/merchant/details").content.decode()
    ours = staff_client("support").get(f"/backoffice/settlement/accounts/{account.number}/details")

    assert f"/portal/merchant/adjustments/{row.pk}" in theirs
    assert "/portal/merchant/bills/" in theirs
    assert f"/backoffice/settlement/adjustments/{row.pk}" in ours.content.decode()
    for pages in DOCUMENT_PAGES.values():
        assert pages.keys() == WORD_NAMES.keys() - {"other"}
