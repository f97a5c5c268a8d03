"""The settlement's lists as files: one table of which list stands where and how its filter is read.

A file holds exactly the rows that the page's filter finds, all pages of them. Whoever takes one is written
down in the audit trail.

Source: peers-settlement-invest A39; reliability I31, T14, T15.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.urls import path

from tael.documents.bank_lists import BANK_LINES, BANK_STATEMENTS
from tael.documents.listing import list_document
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
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.bills.bill_search import bill_facts
from tael.settlement.bills.run_search import ITEM_STATES, run_facts
from tael.settlement.completeness.completeness_search import one_source
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.result_file import result_file
from tael.web.backoffice import proposals
from tael.web.backoffice.downloads import taken
from tael.web.backoffice.page import page
from tael.web.backoffice.settlement import (
    accounts,
    adjustments,
    bank_lines,
    batch_results,
    batches,
    bills,
    completeness,
    completeness_cases,
    records,
    remittances,
    reports,
    rules,
    unknown_payouts,
    withdrawals,
)
from tael.web.look.asked import Asked
from tael.web.look.attachment import reading_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.documents.listing import Listing
    from tael.web.backoffice.page import Staff


class At(NamedTuple):
    """Who asks, and what the address names."""

    staff: Staff
    number: int = 0
    code: str = ""


class Offered(NamedTuple):
    """A list that can be taken as a file.

    Args:
        name: of its address, without "-download". page: the address of its page; "/file" follows.
        filters: fields of the page's address. wanted: reads them as the page does.
        called: the file's name, where the list is of one account, bill or batch.
        unasked: what a field means that is left out, where that is not everything.
    """

    name: str
    page: str
    listing: Listing[Any, Any]
    filters: tuple[str, ...]
    wanted: Callable[[Asked, At], Any]
    called: str = ""
    unasked: Mapping[str, str] = MappingProxyType({})


def _of_bill(asked: Asked, at: At) -> Any:
    return bills.records_wanted(bill_facts(at.number), asked)


def _of_account(asked: Asked, at: At) -> DetailsOf:
    return DetailsOf(merchant_account(at.number), reports.details_wanted(at.number, asked))


def _of_batch(asked: Asked, at: At) -> RowsOf:
    return RowsOf(payout_batch(at.number).pk, asked.word("rows", batches.ROW_STATES) or "")


def _of_result(asked: Asked, at: At) -> RowsOf:
    verdict = asked.word("verdict", batch_results.VERDICTS) or ""
    return RowsOf(result_file(at.number).pk, verdict)


def _of_run(asked: Asked, at: At) -> RowsOf:
    return RowsOf(run_facts(at.number).run.pk, asked.word("state", ITEM_STATES) or "")


def _of_source(asked: Asked, at: At) -> Any:
    return completeness.days_wanted(asked, one_source(at.code))


def _all(_asked: Asked, _at: At) -> None:
    return None


def _found(read: Callable[[Asked], Any]) -> Callable[[Asked, At], Any]:
    return lambda asked, _at: read(asked)


_ACCOUNT: Final = "settlement/accounts/<number:number>"

OFFERED: Final = (
    Offered(
        "settlement-accounts",
        "settlement/accounts",
        ACCOUNTS,
        accounts.FILTERS,
        _found(accounts.wanted_of),
    ),
    Offered(
        "settlement-records",
        "settlement/records",
        RECORDS,
        records.FILTERS,
        _found(records.wanted_of),
    ),
    Offered("settlement-bills", "settlement/bills", BILLS, bills.FILTERS, _found(bills.wanted_of)),
    Offered(
        "settlement-bill-records",
        "settlement/bills/<number:number>/records",
        RECORDS,
        bills.LINE_FILTERS,
        _of_bill,
        "bill-{number}-records",
    ),
    Offered("settlement-bill-runs", "settlement/bill-runs", BILL_RUNS, (), _all),
    Offered(
        "settlement-bill-run",
        "settlement/bill-runs/<number:number>",
        RUN_PERIODS,
        ("state",),
        _of_run,
        "bill-run-{number}",
    ),
    Offered(
        "settlement-details",
        f"{_ACCOUNT}/details",
        DETAILS,
        reports.DETAIL_FILTERS,
        _of_account,
        "details-{number}",
    ),
    Offered(
        "settlement-reserve",
        f"{_ACCOUNT}/reserve",
        RESERVES,
        (),
        lambda _asked, at: merchant_account(at.number),
        "reserves-{number}",
    ),
    Offered(
        "settlement-reports",
        "settlement/reports",
        REPORTS,
        reports.FILTERS,
        _found(reports.wanted_of),
    ),
    Offered(
        "settlement-remittances",
        "settlement/remittances",
        REMITTANCES,
        remittances.FILTERS,
        _found(remittances.wanted_of),
    ),
    Offered(
        "settlement-adjustments",
        "settlement/adjustments",
        ADJUSTMENTS,
        adjustments.FILTERS,
        _found(adjustments.wanted_of),
    ),
    Offered(
        "settlement-collections",
        "settlement/collections",
        COLLECTIONS,
        adjustments.COLLECTION_FILTERS,
        _found(adjustments.collections_wanted),
    ),
    Offered(
        "settlement-completeness-source",
        "settlement/completeness/sources/<str:code>/days",
        DAYS,
        completeness.DAY_FILTERS,
        _of_source,
        "completeness-{code}",
    ),
    Offered(
        "settlement-cases",
        "settlement/completeness/cases",
        CASES,
        completeness_cases.FILTERS,
        _found(completeness_cases.wanted_of),
        unasked={"state": "open"},
    ),
    Offered(
        "settlement-withdrawals",
        "settlement/withdrawals",
        WITHDRAWALS,
        withdrawals.FILTERS,
        _found(withdrawals.wanted_of),
    ),
    Offered(
        "bank-lines",
        "settlement/bank-lines",
        BANK_LINES,
        bank_lines.FILTERS,
        _found(bank_lines.wanted_of),
    ),
    Offered(
        "bank-statements", "settlement/bank-statements", BANK_STATEMENTS, (), lambda _asked, _at: ""
    ),
    Offered("settlement-rules", "settlement/rules", RULES, rules.FILTERS, _found(rules.wanted_of)),
    Offered(
        "settlement-batches",
        "settlement/batches",
        BATCHES,
        batches.FILTERS,
        _found(batches.wanted_of),
    ),
    Offered(
        "settlement-batch-rows",
        "settlement/batches/<number:number>/rows",
        BATCH_ROWS,
        ("rows",),
        _of_batch,
        "batch-{number}-rows",
    ),
    Offered(
        "settlement-payouts-unknown",
        "settlement/batches/unknown",
        UNKNOWN_ROWS,
        unknown_payouts.FILTERS,
        _found(unknown_payouts.wanted_of),
    ),
    Offered(
        "settlement-result",
        "settlement/results/<number:number>",
        RESULT_ROWS,
        ("verdict",),
        _of_result,
        "result-{number}-rows",
    ),
    Offered(
        "proposals",
        "proposals",
        PROPOSALS,
        proposals.FILTERS,
        lambda asked, at: proposals.wanted_of(asked, at.staff),
    ),
)


@page(may="exports.take")
def download(request: HttpRequest, staff: Staff, *, offered: Offered, **named: Any) -> HttpResponse:
    """Give what the filter of a list finds as csv or xlsx.

    Raises:
        FilterMalformed, FormatUnknown, DocumentTooLong: as they say; and where the address names nothing.
    """
    asked = Asked(request.GET, offered.filters)
    told = [(field, asked[field] or offered.unasked.get(field, "")) for field in offered.filters]
    document, rows = list_document(
        offered.listing,
        offered.wanted(asked, At(staff, **named)),
        request.GET.get("format", "xlsx"),
        reading_language(),
        asked=[(field, text) for field, text in told if text],
        name=offered.called.format(**named),
    )
    return taken(document, rows, staff)


addresses: Final = [
    path(f"{each.page}/file", download, {"offered": each}, name=f"{each.name}-download")
    for each in OFFERED
]
