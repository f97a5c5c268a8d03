"""Rows of payout batches, of the bank's answers and of unknown outcome as files over HTTP, and what the last come to.

Source: E-15; peers-settlement-invest A7, A19, A24, A39.
"""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PlainNumber
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.payout_batches import RowState
from tael.api.v1.payout_inquiries import UnknownAsked
from tael.api.v1.payout_results import Verdict
from tael.api.wire import MoneyOut, Out, money_out
from tael.documents.payout_lists import BATCH_ROWS, RESULT_ROWS, UNKNOWN_ROWS, RowsOf
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.batch_search import unknown_totals
from tael.settlement.payouts.result_file import result_file

router = Router(tags=["payout batches"])


class UnknownTotalOut(Out):
    """What all payouts of a filter whose outcome nobody knows come to in one currency."""

    rows: int
    total: MoneyOut


class UnknownTotalsOut(Out):
    """The sums, by currency."""

    data: list[UnknownTotalOut]


@endpoint(
    router,
    "GET",
    "/payout-batches/{number}/rows/file",
    answers=None,
    answer_types=KINDS[:2],
)
def download_payout_rows(
    request: ApiRequest,
    number: PlainNumber,
    file: FileAsked,
    state: Annotated[RowState | None, Query()] = None,
) -> HttpResponse:
    """Download the rows of a batch as csv or xlsx, in their order."""
    of = RowsOf(payout_batch(number).pk, state or "")
    return list_file(request.call, BATCH_ROWS, of, file, name=f"batch-{number}-rows")


@endpoint(
    router,
    "GET",
    "/payout-results/{number}/rows/file",
    answers=None,
    answer_types=KINDS[:2],
)
def download_payout_result_rows(
    request: ApiRequest,
    number: PlainNumber,
    file: FileAsked,
    verdict: Annotated[Verdict | None, Query()] = None,
) -> HttpResponse:
    """Download the rows of a bank's answer that said something new or were refused, as csv or xlsx."""
    of = RowsOf(result_file(number).pk, verdict or "")
    return list_file(request.call, RESULT_ROWS, of, file, name=f"result-{number}-rows")


@endpoint(router, "GET", "/unknown-payouts/totals", answers=UnknownTotalsOut)
def get_unknown_payout_totals(request: ApiRequest, asked: UnknownAsked) -> Answer:  # noqa: ARG001 - ninja's form
    """Add up all payouts of a filter whose outcome nobody knows, by currency."""
    data = [
        {"rows": one.rows, "total": money_out(one.total)} for one in unknown_totals(asked.wanted())
    ]
    return Answer({"data": data})


@endpoint(router, "GET", "/unknown-payouts/file", answers=None, answer_types=KINDS[:2])
def download_unknown_payouts(
    request: ApiRequest, asked: UnknownAsked, file: FileAsked
) -> HttpResponse:
    """Download the payouts whose outcome nobody knows as csv or xlsx, newest first."""
    return list_file(request.call, UNKNOWN_ROWS, asked.wanted(), file)
