"""Each list of the settlement as a file: the rows of its page, all of them, and what the page adds up."""

from __future__ import annotations

import io

import openpyxl
import pytest

from documents.nasty_texts import NASTY
from settled_once import settled_once
from settlement_builders import a_merchant_account, a_record
from tael.approvals.proposal_search import ProposalsWanted
from tael.documents import listing as module
from tael.documents import payout_lists, settlement_lists
from tael.documents.csv_file import read_csv
from tael.documents.listing import Listing, list_document, list_sheet, read_all
from tael.documents.payout_lists import (
    BATCH_ROWS,
    BATCHES,
    BILL_RUNS,
    RESULT_ROWS,
    RULES,
    RUN_PERIODS,
    UNKNOWN_ROWS,
    WITHDRAWALS,
    RowsOf,
)
from tael.documents.settlement_lists import (
    ACCOUNTS,
    ADJUSTMENTS,
    BILLS,
    CASES,
    COLLECTIONS,
    DAYS,
    DETAILS,
    PROPOSALS,
    RECORDS,
    REMITTANCES,
    REPORTS,
    RESERVES,
    DetailsOf,
)
from tael.documents.sheet import DocumentTooLong, plain
from tael.settlement.accounts.account_details import DetailsWanted, detail_totals
from tael.settlement.accounts.merchant_search import MerchantAccountsWanted, merchant_account_totals
from tael.settlement.bills.bill_search import BillsWanted, bill_totals
from tael.settlement.bills.reserve import kept_back_now
from tael.settlement.completeness.completeness_search import CasesWanted, DaysWanted
from tael.settlement.lifecycles import AccrualState
from tael.settlement.payouts.batch import payout_batch, total_of
from tael.settlement.payouts.batch_search import (
    BatchesWanted,
    UnknownWanted,
    batch_totals,
    unknown_totals,
)
from tael.settlement.payouts.payout_rule_search import RulesWanted
from tael.settlement.payouts.withdrawal_search import WithdrawalsWanted, withdrawal_totals
from tael.settlement.records.accrual_search import AccrualsWanted, accrual_totals
from tael.settlement.remittances.adjustment_search import (
    AdjustmentsWanted,
    CollectionsWanted,
    adjustment_totals,
    collection_totals,
)
from tael.settlement.remittances.remittance_search import RemittancesWanted, remittance_totals
from tael.settlement.reports.report_search import ReportsWanted

pytestmark = pytest.mark.usefixtures("db")


def nets(found):
    return [one.net for one in found]


def plain_lists(one):
    """The lists whose pages add up no amounts, each with what is asked of it."""
    return [
        (RECORDS, AccrualsWanted(state=AccrualState.PENDING), None),
        (REPORTS, ReportsWanted(), None),
        (DAYS, DaysWanted(), None),
        (CASES, CasesWanted(), None),
        (PROPOSALS, ProposalsWanted(), None),
        (RESULT_ROWS, RowsOf(one.result), None),
        (RULES, RulesWanted(), None),
        (BILL_RUNS, None, None),
        (RUN_PERIODS, RowsOf(one.run), None),
    ]


def payout_lists_of(one):
    """As `money_lists`, of what is paid out."""
    found = WithdrawalsWanted(payout="open")
    withdrawn = withdrawal_totals(found)
    return [
        (
            WITHDRAWALS,
            found,
            {
                "amount": [each.amount for each in withdrawn],
                "fee": [each.fee for each in withdrawn],
                "paid out": [each.net for each in withdrawn],
            },
        ),
        (
            BATCHES,
            BatchesWanted(),
            {"amount": [each.total for each in batch_totals(BatchesWanted())]},
        ),
        (BATCH_ROWS, RowsOf(one.batch), {"amount": [total_of(payout_batch(one.batch))]}),
    ]


def money_lists(one):
    """Each list of money with what is asked of it, and by column what its page adds up."""
    details = DetailsOf(one.account, DetailsWanted())
    came_and_went = detail_totals(one.account)
    accounts = merchant_account_totals(MerchantAccountsWanted())
    paid = remittance_totals(RemittancesWanted(state="confirmed"))
    unknown = unknown_totals(UnknownWanted())
    return [
        (UNKNOWN_ROWS, UnknownWanted(), {"amount": [each.total for each in unknown]}),
        (RECORDS, AccrualsWanted(), {"amount": nets(accrual_totals(AccrualsWanted()))}),
        (BILLS, BillsWanted(), {"amount": [each.total for each in bill_totals(BillsWanted())]}),
        (DETAILS, details, {"amount": [came_and_went.came + came_and_went.went]}),
        (RESERVES, one.account, {"amount": [kept_back_now(one.account).amount]}),
        (
            REMITTANCES,
            RemittancesWanted(state="confirmed"),
            {
                "amount": [each.by_merchants + each.by_platform for each in paid],
                "change of account": [each.by_merchants - each.by_platform for each in paid],
            },
        ),
        (
            ADJUSTMENTS,
            AdjustmentsWanted(),
            {"amount": nets(adjustment_totals(AdjustmentsWanted()))},
        ),
        (
            COLLECTIONS,
            CollectionsWanted(),
            {"amount": nets(collection_totals(CollectionsWanted()))},
        ),
        (
            ACCOUNTS,
            MerchantAccountsWanted(),
            {
                "amount": [each.owed + each.owing for each in accounts],
                "reserve": [each.reserve for each in accounts],
            },
        ),
    ]


@pytest.mark.rule("A39")
def test_a_file_holds_the_rows_and_the_sums_of_its_page(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    one = settled_once()
    tables = [*money_lists(one), *payout_lists_of(one), *plain_lists(one)]
    assert {id(listing) for listing, *_ in tables} == {
        id(each)
        for owner in (settlement_lists, payout_lists)
        for each in vars(owner).values()
        if isinstance(each, Listing)
    }, "a list without a line here"

    for listing, wanted, sums in tables:
        shown = listing.page(wanted, 200, None)  # as the page has them, all on one
        assert shown, listing.name
        assert read_all(listing, wanted) == list(shown), listing.name
        sheet = list_sheet(listing, shown, "en")
        facts = dict(sheet.facts)
        assert facts["Lines"] == len(shown)
        for column, amounts in (sums or {}).items():
            for amount in amounts:
                label = f"Total: {module.said(column, 'en')}, {amount.currency.code}"
                assert facts[label] == amount, (listing.name, column)
        for language in ("en", "zh-hans", "zh-hant"):
            document, rows = list_document(listing, wanted, "csv", language)
            table = read_csv(document.content)[-rows:]
            assert [len(row) for row in table] == [len(listing.columns)] * rows
        xlsx, rows = list_document(listing, wanted, "xlsx", "en")
        page = openpyxl.load_workbook(io.BytesIO(xlsx.content)).active
        assert page.max_row == 3 + len(sheet.facts) + len(listing.heads(wanted)) + rows
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
        again = [[plain(cell) for cell in row] for row in list_sheet(listing, shown, "en").rows]
        english, _rows = list_document(listing, wanted, "csv", "en")
        assert read_csv(english.content)[-rows:] == again, listing.name


@pytest.mark.parametrize(
    ("listing", "wanted", "heading"),
    [(REMITTANCES, RemittancesWanted(), b"Declared by"), (RULES, RulesWanted(), b"Set by")],
)
def test_who_of_the_house_did_what_is_not_for_the_merchant(listing, wanted, heading):
    ours, _rows = list_document(listing, wanted, "csv", "en")
    theirs, _rows = list_document(listing, wanted, "csv", "en", house=False)

    assert heading in ours.content
    assert heading not in theirs.content


def test_texts_stay_what_they_are_and_too_many_rows_are_refused(monkeypatch):
    account = a_merchant_account()
    for text in NASTY:
        a_record(account, "1.00", note=text)
    at = list(RECORDS.columns).index("note")

    document, rows = list_document(RECORDS, AccrualsWanted(), "csv", "en")
    notes = [row[at] for row in read_csv(document.content)[-rows:]]
    assert notes == [view.row.note for view in RECORDS.page(AccrualsWanted(), 200, None)]
    xlsx, _rows = list_document(RECORDS, AccrualsWanted(), "xlsx", "en")
    page = openpyxl.load_workbook(io.BytesIO(xlsx.content)).active
    assert [page.cell(page.max_row - rows + 1 + row, at + 1).value for row in range(rows)] == notes
    monkeypatch.setattr(module, "LINES_MAX", 3)
    with pytest.raises(DocumentTooLong):
        read_all(RECORDS, AccrualsWanted())
