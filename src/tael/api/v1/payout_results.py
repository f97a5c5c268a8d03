"""The bank's answers to payout batches (回盤) over HTTP: brought as a file, taken, each row with its verdict."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Cursor, Limit, PlainNumber
from tael.api.file_body import read_file
from tael.api.paging import page
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.documents.payout_answer import read_answer
from tael.settlement.payouts import batch_search
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.result_file import import_result, result_file

if TYPE_CHECKING:
    from tael.settlement.models import ResultRow
    from tael.settlement.payouts.result_file import ResultFile

router = Router(tags=["payout batches"])

FIRST_REFUSED = 100
Verdict = Literal["paid", "failed", "unknown", "refused"]
FileName = Annotated[str, Query(max_length=200, description="Of the file, for people.")]


class PayoutResultOut(Out):
    """A bank's answer: how many rows it has, and what became of them so far."""

    number: int
    batch: int
    name: str
    digest: str
    state: Literal["waiting", "taken", "dropped"]
    rows: int
    done: int
    paid: int
    failed: int
    unknown: int
    unchanged: int
    refused: int
    brought_at: datetime
    taken_at: datetime | None


class PayoutResultRowOut(Out):
    """What became of one row of a bank's answer."""

    row: int
    withdrawal: str
    verdict: Verdict
    reason: str


class PayoutResultDoneOut(PayoutResultOut):
    """A bank's answer with the first rows that were refused; `dry_run` tells what it would do."""

    number: int | None  # type: ignore[assignment]  # a dry run leaves none
    refusals: list[PayoutResultRowOut]
    dry_run: bool


class PayoutResultRowsOut(Page):
    """A page of the rows of an answer that said something new or were refused."""

    data: list[PayoutResultRowOut]


def result_out(row: "ResultFile") -> dict[str, Any]:
    """Write a bank's answer."""
    counts = ("rows", "done", "paid", "failed", "unknown", "unchanged", "refused")
    return {
        "number": row.pk,
        "batch": row.batch_id,
        "name": row.name,
        "digest": row.digest,
        "state": row.state,
        **{name: getattr(row, name) for name in counts},
        "brought_at": moment_out(row.imported_at),
        "taken_at": moment_or_none(row.taken_at),
    }


def result_row_out(row: "ResultRow") -> dict[str, Any]:
    """Write a row of a bank's answer."""
    return {
        "row": row.row,
        "withdrawal": row.withdrawal,
        "verdict": row.verdict,
        "reason": row.reason,
    }


@endpoint(
    router,
    "POST",
    "/payout-batches/{number}/results",
    answers=PayoutResultDoneOut,
    status=CREATED,
    moves_money=True,
    brings_file=True,
    problems={409, 422},
)
def import_payout_result(request: ApiRequest, number: PlainNumber, name: FileName = "") -> Answer:
    """Do what the bank says of the rows of a batch; cut off, the same request goes on.

    A row that is refused stops none of the others. With `dry_run` everything is done and taken back.
    """
    call = request.call
    payout_batch(number)
    data, called = read_file(request, name)
    sheet = read_answer(data, name=called)
    done = import_result(number=number, sheet=sheet, instruction=call.instruction())
    refused = batch_search.result_rows(done.pk, verdict="refused", limit=FIRST_REFUSED)
    body = result_out(done) | {"refusals": [result_row_out(row) for row in refused]}
    if call.dry_run:
        body["number"] = None
    return Answer(body)


@endpoint(router, "GET", "/payout-results/{number}", answers=PayoutResultOut)
def get_payout_result(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - ninja's form
    """Show one answer of the bank."""
    return Answer(result_out(result_file(number)))


@endpoint(router, "GET", "/payout-results/{number}/rows", answers=PayoutResultRowsOut)
def list_payout_result_rows(
    request: ApiRequest,  # noqa: ARG001 - as above
    number: PlainNumber,
    verdict: Annotated[Verdict | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the rows of an answer that said something new or were refused."""
    result_file(number)
    return Answer(
        page(
            lambda after, most: batch_search.result_rows(
                number, verdict=verdict or "", after=after or 0, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.row,
            write=result_row_out,
        )
    )
