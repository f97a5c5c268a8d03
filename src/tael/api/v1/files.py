"""Statements and flow records as files over HTTP: the same bytes that the pages give.

Source: F-22; I-140; reliability T14, T15, I31.
"""

from typing import Annotated, Final, Literal

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import endpoint
from tael.api.fields import Day, PlainNumber
from tael.api.reach import own_wallet
from tael.api.v1.flows import ChannelAsked, NumberAsked, OperationAsked
from tael.api.v1.wallets import CodeAsked
from tael.documents.download import CONTENT_TYPES, Document, sheet_document, statement_document
from tael.documents.flow_filter import FlowFilter
from tael.documents.labels import Language
from tael.documents.wallet_statement import days_through, read_statement
from tael.parties.export import note_export
from tael.wallet.operation import Operation

router = Router(tags=["files"])

StatementFormat = Annotated[Literal["csv", "xlsx", "pdf"], Query()]
SheetFormat = Annotated[Literal["csv", "xlsx"], Query()]
LanguageAsked = Annotated[Language, Query(description="Of the headings and the operations.")]
AmountAsked = Annotated[str | None, Query(pattern=r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$")]
KINDS: Final = tuple(kind.partition(";")[0] for kind in CONTENT_TYPES.values())


@endpoint(
    router,
    "GET",
    "/wallets/{number}/statement/file",
    answers=None,
    answer_types=KINDS,
)
def download_statement(
    request: ApiRequest,
    number: PlainNumber,
    format: StatementFormat,  # noqa: A002 - the word of the address
    since: Day | None = None,
    until: Day | None = None,
    operation: OperationAsked = None,
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Download a wallet's statement as csv, xlsx or PDF, by date of effect, oldest line first.

    Days are of the business zone, both included; left open, they are those of the first and the newest line.
    """
    wallet = own_wallet(request.call, number, field="number")
    only = None if operation is None else Operation[operation.upper()]
    statement = read_statement(wallet, days_through(since, until, only))
    document = statement_document(statement, format, language)
    return taken(request.call, document, rows=len(statement.lines))


@endpoint(
    router,
    "GET",
    "/flows/file",
    answers=None,
    answer_types=KINDS[:2],
    problems={404},
)
def download_flows(
    request: ApiRequest,
    format: SheetFormat,  # noqa: A002 - the word of the address
    sno: NumberAsked = None,
    pno: NumberAsked = None,
    gateway: NumberAsked = None,
    wallet: PlainNumber | None = None,
    operation: OperationAsked = None,
    channel: ChannelAsked = None,
    since: Day | None = None,
    until: Day | None = None,
    currency: CodeAsked = None,
    least: AmountAsked = None,
    most: AmountAsked = None,
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Download the flow records that a filter finds as csv or xlsx, newest first.

    Days are of the business zone, both included, by booking. `least` and `most` need a currency.
    """
    asked = FlowFilter(
        sno=sno or "",
        pno=pno or "",
        gateway=gateway or "",
        wallet="" if wallet is None else str(wallet),
        operation=operation or "",
        channel=channel or "",
        since="" if since is None else since.isoformat(),
        until="" if until is None else until.isoformat(),
        currency=currency or "",
        least=least or "",
        most=most or "",
    )
    sheet = asked.sheet(language)
    return taken(request.call, sheet_document(sheet, format), rows=len(sheet.rows))


def taken(call: Call, document: Document, *, rows: int) -> HttpResponse:
    """Give the file; what a program of the house takes is written down, as of the staff."""
    if call.customer is None:
        note_export(actor=call.actor, file=document.name, rows=rows, at=call.received_at)
    response = HttpResponse(document.content, content_type=document.content_type)
    response["Content-Disposition"] = f'attachment; filename="{document.name}"'
    response["Cache-Control"] = "private, no-store"
    return response
