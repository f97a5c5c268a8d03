"""Importing business records (業務收支) over HTTP: a file is brought, its rows recorded, each with its verdict.

A small file is recorded in the request. Another one is brought to be rehearsed by a worker, looked at, and
recorded by a worker: the import tells how far it is.
"""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Cursor, Limit, Nothing, PlainNumber
from tael.api.file_body import read_file
from tael.api.paging import page
from tael.api.v1.files import taken
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.books import Instruction
from tael.documents.download import CONTENT_TYPES, sheet_document
from tael.documents.import_report import import_report
from tael.documents.labels import Language
from tael.settlement.records.accrual_import import accrual_sheet, bring_accruals, record_import
from tael.settlement.records.import_check import (
    cancel_import,
    check_import,
    check_rehearsed_at_once,
    offer_accruals,
)
from tael.settlement.records.import_search import import_rows, import_view, imports

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.settlement.models import AccrualImportRow
    from tael.settlement.records.import_search import ImportView

router = Router(tags=["business records"])

FIRST_REFUSED = 100
PART = 1.5
"""Seconds for which a request rehearses or records; the worker goes on with what is left."""
Verdict = Literal["recorded", "there", "refused", "confirms", "fails"]
VerdictAsked = Annotated[Verdict | None, Query(description="Only rows with this verdict.")]
FileName = Annotated[str, Query(max_length=200, description="Of the file, for people.")]
SourceAsked = Annotated[
    str,
    Query(
        pattern="^[0-9a-z_.-]{0,32}$",
        description="Of all rows, where the file has no column of it.",
    ),
]
SheetFormat = Annotated[Literal["csv", "xlsx"], Query()]
LanguageAsked = Annotated[Language, Query(description="Of the headings and the verdicts.")]
KINDS = tuple(kind.partition(";")[0] for form, kind in CONTENT_TYPES.items() if form != "pdf")


class ImportRowOut(Out):
    """A row of the file with its verdict; `accrual` is the number of its record."""

    row: int
    verdict: Verdict | None
    accrual: int | None
    code: str
    field: str
    reason: str
    facts: dict[str, str]


class ImportOut(Out):
    """An import as it stands, with the rows that are read, have a verdict of any sort, or have their own.

    `recorded` rows are new records, `there` were told before in the same words; `confirms` and `fails` decide a
    record that was pending. `problem` tells why a file could not be read.
    """

    number: int | None
    name: str
    digest: str
    state: Literal["reading", "checking", "checked", "running", "finished", "failed", "cancelled"]
    rows: int
    read: int
    checked: int
    done: int
    recorded: int
    there: int
    refused: int
    confirms: int
    fails: int
    problem: str
    brought_at: datetime
    finished_at: datetime | None


class ImportedOut(ImportOut):
    """An import as bringing the file left it, with the first 100 rows that were refused."""

    refusals: list[ImportRowOut] = Field(max_length=FIRST_REFUSED)
    dry_run: bool


class ImportsOut(Page):
    """A page of imports, newest first."""

    data: list[ImportOut]


class ImportRowsOut(Page):
    """A page of rows, in the order of the file."""

    data: list[ImportRowOut]


def import_out(view: "ImportView") -> dict[str, Any]:
    """Write an import."""
    row = view.row
    return {
        "number": row.pk,
        "name": row.name,
        "digest": row.digest,
        "state": row.state,
        **view.progress._asdict(),
        "rows": row.size,
        "read": row.kept,
        "problem": row.problem,
        "brought_at": moment_out(row.brought_at),
        "finished_at": moment_or_none(row.finished_at),
    }


def import_row_out(row: "AccrualImportRow") -> dict[str, Any]:
    """Write a row."""
    return {
        "row": row.row,
        "verdict": row.verdict,
        "accrual": row.accrual,
        "code": row.code,
        "field": row.field,
        "reason": row.reason,
        "facts": row.facts,
    }


@endpoint(
    router,
    "POST",
    "/accrual-imports",
    answers=ImportedOut,
    status=CREATED,
    moves_money=True,
    brings_file=True,
    problems={422},
)
def import_accruals(request: ApiRequest, name: FileName = "", source: SourceAsked = "") -> Answer:
    """Record what the rows of a file tell; cut off, the same request goes on.

    A row that is refused stops none of the others. With `dry_run` everything is done and taken back: for
    files of up to 128 KiB; a larger one is rehearsed by `POST /accrual-imports/rehearsals`.
    """
    call = request.call
    data, called = read_file(request, name)
    if call.dry_run:
        check_rehearsed_at_once(data)
    sheet = accrual_sheet(data, name=called, source=source)
    made = bring_accruals(sheet=sheet, instruction=call.instruction(), source=source)
    replayed = made.state == "finished"
    record_import(made.pk, actor=call.actor, at=call.received_at)
    refused = import_rows(made.pk, limit=FIRST_REFUSED, verdict="refused")
    body = import_out(import_view(made.pk)) | {"refusals": [import_row_out(row) for row in refused]}
    if call.dry_run:
        body["number"] = None
        body["refusals"] = [row | {"accrual": None} for row in body["refusals"]]
    return Answer(body, replayed=replayed)


@endpoint(
    router,
    "POST",
    "/accrual-imports/rehearsals",
    answers=ImportOut,
    status=CREATED,
    asks_key=True,
    brings_file=True,
    problems={422},
)
def rehearse_accrual_import(
    request: ApiRequest, name: FileName = "", source: SourceAsked = ""
) -> Answer:
    """Keep a file and judge each row as recording would; nothing is recorded.

    A file of up to 128 KiB is mostly `checked` in the answer; a larger one is read and rehearsed by a worker,
    and `GET /accrual-imports/{number}` tells how far it is. It waits, for 30 days, to be recorded or called off.
    """
    call = request.call
    data, called = read_file(request, name)
    asked = Instruction(key=call.idempotency_key or "", actor=call.actor, at=call.received_at)
    made = offer_accruals(data=data, name=called, source=source, instruction=asked)
    if made.columns is not None:
        check_import(made.pk, clock=lambda: call.received_at, enough=_enough())
    replayed = made.brought_at != call.received_at
    return Answer(import_out(import_view(made.pk)), replayed=replayed)


@endpoint(
    router,
    "POST",
    "/accrual-imports/{number}/record",
    answers=ImportOut,
    problems={404, 409},
)
def record_accrual_import(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Record the rows of a rehearsed file: some in the request, a worker goes on with the others."""
    call = request.call
    record_import(number, actor=call.actor, at=call.received_at, enough=_enough())
    return Answer(import_out(import_view(number)))


@endpoint(
    router,
    "POST",
    "/accrual-imports/{number}/cancel",
    answers=ImportOut,
    problems={404, 409},
)
def cancel_accrual_import(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Call an import off; what is recorded of it stays."""
    call = request.call
    cancel_import(number, actor=call.actor, at=call.received_at)
    return Answer(import_out(import_view(number)))


def _enough() -> "Callable[[], bool]":
    until = time.monotonic() + PART
    return lambda: time.monotonic() >= until


@endpoint(router, "GET", "/accrual-imports", answers=ImportsOut)
def list_accrual_imports(
    request: ApiRequest,  # noqa: ARG001 - ninja's form
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor | None = None,
) -> Answer:
    """List imports, newest first."""
    return Answer(
        page(
            lambda before, most: imports(limit=most, before=before),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.row.pk,
            write=import_out,
        )
    )


@endpoint(router, "GET", "/accrual-imports/{number}", answers=ImportOut)
def get_accrual_import(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - as above
    """Show one import."""
    return Answer(import_out(import_view(number)))


@endpoint(router, "GET", "/accrual-imports/{number}/rows", answers=ImportRowsOut)
def list_accrual_import_rows(
    request: ApiRequest,  # noqa: ARG001 - as above
    number: PlainNumber,
    verdict: VerdictAsked = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor | None = None,
) -> Answer:
    """List the rows of an import, in the order of the file."""
    import_view(number)
    return Answer(
        page(
            lambda after, most: import_rows(number, limit=most, after=after or 0, verdict=verdict),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.row,
            write=import_row_out,
        )
    )


@endpoint(router, "GET", "/accrual-imports/{number}/report", answers=None, answer_types=KINDS)
def download_accrual_import(
    request: ApiRequest,
    number: PlainNumber,
    format: SheetFormat = "xlsx",  # noqa: A002 - the query's own word
    verdict: VerdictAsked = None,
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Give the report of an import as a file: each row of it by its number, with the verdict."""
    sheet = import_report(number, language, verdict=verdict)
    document = sheet_document(sheet, format)
    return taken(request.call, document, rows=len(sheet.rows))
