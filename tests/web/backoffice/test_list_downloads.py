"""Every list that is offered as a file: the rows of the page's filter, and who took them."""

from __future__ import annotations

import pytest

from pages.settlement_lists import BACKOFFICE_LISTS
from settled_once import settled_once
from settlement_builders import a_merchant_account
from settlement_remittance_builders import an_adjustment
from tael.documents.csv_file import read_csv
from tael.documents.listing import asked_word, list_document
from tael.documents.payout_lists import UNKNOWN_ROWS
from tael.parties.models import AuditRecord
from tael.settlement.payouts.batch_search import UnknownWanted
from tael.web.backoffice.list_downloads import OFFERED
from visits import staff_client
from web.test_access import address, patterns


def rows_of(answer):
    """The rows below the headings, and what stands above them."""
    table = read_csv(answer.content)
    gap = table.index([])
    return table[gap + 2 :], dict(row for row in table[1:gap])


@pytest.mark.rule("A39", "I31")
def test_each_list_is_given_as_a_file_and_it_is_written_down(db):
    one = settled_once()
    numbers = {
        "settlement-bill-records": one.bill,
        "settlement-bill-run": one.run,
        "settlement-batch-rows": one.batch,
        "settlement-result": one.result,
    }
    client = staff_client("auditor")
    for offered in OFFERED:
        converters = patterns("backoffice")[f"{offered.name}-download"].pattern.converters
        named = {"number": numbers.get(offered.name, one.account.number), "code": "shop"}
        where = address(
            "backoffice", f"{offered.name}-download", **{name: named[name] for name in converters}
        )
        answer = client.get(
            where, {"format": "csv", "state": "all"} if "cases" in where else {"format": "csv"}
        )
        assert answer.status_code == 200, offered.name
        rows, facts = rows_of(answer)
        assert rows or offered.name.startswith("bank-"), offered.name
        assert facts["Lines"] == str(len(rows)), offered.name
        assert facts.get("State") == ("all" if "cases" in where else None), offered.name
        assert AuditRecord.objects.filter(action="export.take").order_by("-pk")[0].details == {
            "rows": len(rows)
        }


@pytest.mark.rule("A39")
def test_the_filter_of_the_address_is_that_of_the_file(db):
    accounts = [a_merchant_account(), a_merchant_account()]
    for one in accounts:
        an_adjustment(one, "5.00")
        an_adjustment(one, "-2.00")
    client = staff_client("auditor")
    where = address("backoffice", "settlement-adjustments-download")
    account = accounts[0].number

    rows, facts = rows_of(client.get(where, {"format": "csv", "account": account, "before": 1}))

    assert len(rows) == 2
    assert (facts["Merchant account"], facts["Total: Amount, CNY"]) == (str(account), "3.00")
    page = client.get(where.removesuffix("/file"), {"account": account})
    assert [one.amount.text for one in page.context["rows"]] == ["-2.00", "5.00"]
    assert [(one.moves, one.net.text) for one in page.context["totals"]] == [(2, "3.00")]
    assert f"{where}?format=xlsx&amp;account={account}" in page.content.decode()
    assert client.get(where, {"format": "csv", "account": "x"}).status_code == 400
    assert client.get(where, {"format": "pdf"}).status_code == 400


@pytest.mark.rule("A39")
def test_what_was_asked_for_stands_above_in_words(db):
    listing, wanted = UNKNOWN_ROWS, UnknownWanted()
    sheet, _ = list_document(listing, wanted, "csv", "zh-hans", asked=[("queue", "person")])

    assert ["由谁查明", "待人工查明"] in read_csv(sheet.content)
    cases = staff_client("auditor").get("/backoffice/settlement/completeness/cases/file?format=csv")
    assert ["State", "open"] in read_csv(cases.content)  # where nothing was asked for
    for each in OFFERED:
        assert all(asked_word(field, "en") for field in each.filters), each.name
        assert "state" not in each.filters or each.listing.states, each.name


def test_every_list_of_the_settlement_is_offered_as_a_file():
    """But for registries of a few rows, and pages of one thing whose rows have a file of their own."""
    registries = {
        "settlement-terms",
        "settlement-calendar",
        "settlement-kinds",
        "settlement-sources",
    }
    of_one = {
        "settlement-account",  # its records and details are lists
        "settlement-bill",  # the bill itself is a file
        "settlement-record",
        "settlement-imports",  # each has its report
        "settlement-completeness",  # each source has its days
    }
    offered = {each.name for each in OFFERED}
    known = {name for name in BACKOFFICE_LISTS if not name.startswith("bank-")}
    assert known - offered - registries - of_one == set()
