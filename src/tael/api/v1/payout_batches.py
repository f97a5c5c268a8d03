"""Payout batches (打款批次) over HTTP: made, checked, approved by another key, exported as a file, answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    ChannelText,
    CurrencyCode,
    Cursor,
    Day,
    Limit,
    Nothing,
    Number,
    PlainNumber,
    ReasonText,
)
from tael.api.paging import page
from tael.api.v1.files import KINDS, taken
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.payout_batch_shapes import BatchAsked, PayoutBatchTotalsOut, State
from tael.api.v1.proposals import ProposalOut, proposal_out
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.documents.download import CONTENT_TYPES
from tael.documents.payout_download import XML, export_payout, payout_again
from tael.documents.payout_lists import BATCHES
from tael.settlement.payouts import batch as batches
from tael.settlement.payouts import batch_export, batch_search
from tael.settlement.payouts.row_answer import Outcome, Proposal, answer_row
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from tael.settlement.payouts.batch import PayoutBatch
    from tael.settlement.payouts.batch_search import RowSeen

router = Router(tags=["payout batches"])

RowState = Literal["live", "paid", "failed", "unknown", "taken_out"]
Form = Literal["xlsx", "csv", "pain.001.001.03", "pain.001.001.09"]


class PayoutBatchesIn(Body):
    """Withdrawals that are to be paid together: those that are named, or all that wait."""

    currency: CurrencyCode
    channel: ChannelText
    profile: Annotated[str, Field(max_length=32)] = "generic"
    withdrawals: Annotated[list[Number], Field(min_length=1, max_length=50_000)] | None = None


class PayoutRowIn(Body):
    """A row of a batch, by its withdrawal."""

    withdrawal: Number


class PayoutExportIn(Body):
    """How a batch is written as a file."""

    format: Form = "xlsx"
    language: Literal["en", "zh-hans", "zh-hant"] = "en"


class PayoutRevokeIn(Body):
    """How one knows that the file was not sent to the bank."""

    reason: ReasonText


class PayoutAnswerIn(Body):
    """What became of one row, as somebody has found out."""

    withdrawal: Number
    outcome: Literal["paid", "failed"]
    reason: ReasonText
    paid_on: Day | None = None
    flow_number: Annotated[str, Field(max_length=64)] = ""


class PayoutBatchOut(Out):
    """A batch as it stands."""

    number: int
    reference: str
    state: State
    channel: str
    profile: str
    rows: int
    total: MoneyOut
    digest: str
    file_digest: str
    format: str
    made_at: datetime
    made_by: str
    checked_at: datetime | None
    checked_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    exported_at: datetime | None
    exported_by: str | None
    reason: str


class PayoutAnsweredOut(PayoutBatchOut):
    """The batch, and above the limit the proposal that waits for a second person."""

    proposal: ProposalOut | None


class PayoutBatchesOut(Page):
    """A page of batches, newest first."""

    data: list[PayoutBatchOut]


class PayoutBatchesMadeOut(Out):
    """The batches that were made: several, where there are more rows than the bank takes."""

    data: list[PayoutBatchOut]


class PayoutBatchRowOut(Out):
    """One attempt to pay a withdrawal."""

    place: int
    withdrawal: int
    merchant_account: int
    payee: int
    net: MoneyOut
    state: RowState
    flow_number: str | None
    reason: str
    answered_at: datetime | None


class PayoutBatchRowsOut(Page):
    """A page of the rows of a batch, in their order; those taken out of it last."""

    data: list[PayoutBatchRowOut]


def batch_out(row: "PayoutBatch") -> dict[str, Any]:
    """Write a batch."""
    return {
        "number": row.pk,
        "reference": row.reference,
        "state": row.state,
        "channel": row.channel,
        "profile": row.profile,
        "rows": row.rows,
        "total": money_out(batches.total_of(row)),
        "digest": row.digest,
        "file_digest": row.file_digest,
        "format": row.file_form,
        "made_at": moment_out(row.made_at),
        "made_by": row.made_by,
        "checked_at": moment_or_none(row.checked_at),
        "checked_by": row.checked_by,
        "approved_at": moment_or_none(row.approved_at),
        "approved_by": row.approved_by,
        "exported_at": moment_or_none(row.exported_at),
        "exported_by": row.exported_by,
        "reason": row.reason,
    }


def batch_row_out(seen: "RowSeen") -> dict[str, Any]:
    """Write a row of a batch."""
    row = seen.row
    return {
        "place": row.place,
        "withdrawal": row.withdrawal_id,
        "merchant_account": seen.withdrawal.account_id,
        "payee": row.payee,
        "net": money_out(seen.net),
        "state": row.state,
        "flow_number": row.flow_number or seen.withdrawal.flow_number,
        "reason": row.reason,
        "answered_at": moment_or_none(row.answered_at),
    }


@endpoint(router, "GET", "/payout-batches", answers=PayoutBatchesOut)
def list_payout_batches(
    request: ApiRequest,  # noqa: ARG001 - ninja's form
    asked: BatchAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List batches, newest first."""
    wanted = asked.wanted()
    return Answer(
        page(
            lambda before, most: batch_search.batches(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=batch_out,
        )
    )


@endpoint(router, "GET", "/payout-batches/totals", answers=PayoutBatchTotalsOut)
def get_payout_batch_totals(request: ApiRequest, asked: BatchAsked) -> Answer:  # noqa: ARG001 - as above
    """Add up all batches of a filter, by currency."""
    data = [
        {"batches": one.batches, "rows": one.rows, "total": money_out(one.total)}
        for one in batch_search.batch_totals(asked.wanted())
    ]
    return Answer({"data": data})


@endpoint(router, "GET", "/payout-batches/file", answers=None, answer_types=KINDS[:2])
def download_payout_batches(
    request: ApiRequest, asked: BatchAsked, file: FileAsked
) -> HttpResponse:
    """Download the batches that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, BATCHES, asked.wanted(), file)


@endpoint(
    router,
    "POST",
    "/payout-batches",
    answers=PayoutBatchesMadeOut,
    status=CREATED,
    asks_key=True,
    problems={404, 409},
)
def make_payout_batches(request: ApiRequest, body: PayoutBatchesIn) -> Answer:
    """Put withdrawals that wait into new batches. No money moves."""
    books.currency(body.currency)
    made = batches.make_batches(
        currency=body.currency,
        channel=body.channel,
        profile=body.profile,
        withdrawals=body.withdrawals,
        instruction=request.call.instruction(),
    )
    return Answer({"data": [batch_out(row) for row in made]})


@endpoint(router, "GET", "/payout-batches/{number}", answers=PayoutBatchOut)
def get_payout_batch(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - as above
    """Show one batch."""
    return Answer(batch_out(batches.payout_batch(number)))


@endpoint(router, "GET", "/payout-batches/{number}/rows", answers=PayoutBatchRowsOut)
def list_payout_rows(
    request: ApiRequest,  # noqa: ARG001 - as above
    number: PlainNumber,
    state: Annotated[RowState | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the rows of a batch in their order."""
    batches.payout_batch(number)
    return Answer(
        page(
            lambda after, most: batch_search.rows_of(
                number, state=state or "", after=after or 0, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda seen: seen.row.place,
            write=batch_row_out,
        )
    )


@endpoint(router, "POST", "/payout-batches/{number}/check", answers=PayoutBatchOut, asks_key=True)
def check_payout_batch(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - as above
    """Say that a draft is right: its rows and sums are frozen."""
    done = batches.check_batch(number=number, instruction=request.call.instruction())
    return Answer(batch_out(done))


@endpoint(router, "POST", "/payout-batches/{number}/reopen", answers=PayoutBatchOut, asks_key=True)
def reopen_payout_batch(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - as above
    """Make a checked batch a draft again."""
    done = batches.reopen_batch(number=number, instruction=request.call.instruction())
    return Answer(batch_out(done))


@endpoint(router, "POST", "/payout-batches/{number}/approve", answers=PayoutBatchOut, asks_key=True)
def approve_payout_batch(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - as above
    """Approve a checked batch, as somebody who neither made nor checked it."""
    done = batches.approve_batch(number=number, instruction=request.call.instruction())
    return Answer(batch_out(done))


@endpoint(
    router, "POST", "/payout-batches/{number}/take-out", answers=PayoutBatchOut, asks_key=True
)
def take_out_payout_row(request: ApiRequest, number: PlainNumber, body: PayoutRowIn) -> Answer:
    """Take a withdrawal out of a draft; it waits again."""
    done = batches.take_out_row(
        number=number, withdrawal=body.withdrawal, instruction=request.call.instruction()
    )
    return Answer(batch_out(done))


@endpoint(router, "POST", "/payout-batches/{number}/drop", answers=PayoutBatchOut, asks_key=True)
def drop_payout_batch(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - as above
    """Drop a batch that was not exported; its withdrawals wait again."""
    done = batch_export.drop_batch(number=number, instruction=request.call.instruction())
    return Answer(batch_out(done))


@endpoint(router, "POST", "/payout-batches/{number}/revoke", answers=PayoutBatchOut, asks_key=True)
def revoke_payout_batch(request: ApiRequest, number: PlainNumber, body: PayoutRevokeIn) -> Answer:
    """Take back a file that nobody has sent to the bank; its withdrawals wait again."""
    done = batch_export.revoke_batch(
        number=number, reason=body.reason, instruction=request.call.instruction()
    )
    return Answer(batch_out(done))


@endpoint(
    router,
    "POST",
    "/payout-batches/{number}/export",
    answers=PayoutBatchOut,
    asks_key=True,
    problems={404, 409},
)
def export_payout_batch(request: ApiRequest, number: PlainNumber, body: PayoutExportIn) -> Answer:
    """Write a batch as a file, which can be downloaded from now on; the bank may have it."""
    export_payout(
        number=number,
        form=body.format,
        language=body.language,
        instruction=request.call.instruction(),
    )
    return Answer(batch_out(batches.payout_batch(number)))


@endpoint(
    router,
    "GET",
    "/payout-batches/{number}/file",
    answers=None,
    answer_types=(*(kind.partition(";")[0] for kind in CONTENT_TYPES.values()), XML),
    problems={404, 409},
)
def download_payout_batch(request: ApiRequest, number: PlainNumber) -> HttpResponse:
    """Download the file of an exported batch: the same bytes each time."""
    call = request.call
    document = payout_again(number)
    rows = batches.payout_batch(number).rows
    return taken(call, document, rows=rows)


@endpoint(
    router, "POST", "/payout-batches/{number}/answer", answers=PayoutAnsweredOut, asks_key=True
)
def answer_payout_row(request: ApiRequest, number: PlainNumber, body: PayoutAnswerIn) -> Answer:
    """Say what became of one row, as somebody has found out; above the limit a second person confirms it."""
    said = request.call.instruction()
    today = said.at.astimezone(business_zone()).date()
    done = answer_row(
        number=number,
        withdrawal=body.withdrawal,
        outcome=Outcome(
            body.outcome == "paid", body.reason, body.paid_on or today, body.flow_number
        ),
        instruction=said,
    )
    proposed = proposal_out(done) if isinstance(done, Proposal) else None
    return Answer(batch_out(batches.payout_batch(number)) | {"proposal": proposed})
