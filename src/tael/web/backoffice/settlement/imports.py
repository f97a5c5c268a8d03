"""Importing business records: the file is brought and rehearsed, looked at, then recorded while the page counts.

A request reads, rehearses or records for a moment and answers; a worker goes on with what is left, and the
page asks how far it is.

Source: B-14, B-15; peers-settlement-invest, section 4.1; reliability T9, T15.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.documents.download import sheet_document
from tael.documents.import_report import import_report
from tael.parties.audit_search import actor_names
from tael.parties.export import note_export
from tael.refusal import Refusal
from tael.settlement.records.accrual_import import record_import
from tael.settlement.records.import_check import cancel_import, check_import, offer_accruals
from tael.settlement.records.import_row import COLUMNS, NEEDED
from tael.settlement.records.import_search import VERDICTS, import_rows, import_view, imports
from tael.settlement.registry import sources
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.attachment import attachment, reading_language
from tael.web.look.forms import told
from tael.web.look.upload import brought_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 20
ROWS: Final = 100
PART: Final = 1.5
"""Seconds after which a request stops and answers; the portion that it is in is finished."""
SHOWN: Final = {
    "refused": _("refused"),
    "recorded": _("recorded"),
    "confirms": _("confirms"),
    "fails": _("fails"),
    "there": _("there already"),
}
WATCHED: Final = ("reading", "checking")


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List imports, newest first, and ask for a file."""
    return _listed(request, staff)


@page(may="settlement.record", methods=("POST",))
def bring(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take a file; a small one is rehearsed before the answer, another one by a worker. Nothing is recorded yet."""
    try:
        said = told(request, actor=staff.actor, channel="Admin")
        source = Asked(request.POST, ("source",)).word("source", [one.code for one in sources()])
        data, name = brought_file(request)
        made = offer_accruals(data=data, name=name, source=source or "", instruction=said)
        if made.columns is not None:  # a larger one is read by the worker
            check_import(made.pk, clock=now, enough=_enough())
    except Refusal as refusal:
        return _listed(request, staff, refusal=refusal)
    return see("settlement-import", number=made.pk)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one import: how far it is, and its rows with their verdicts."""
    return _one(request, staff, number)


def _one(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    asked = Asked(request.GET, ("verdict",))
    verdict = asked.word("verdict", VERDICTS)
    after = Asked(request.GET, ("after",)).number("after")
    rows = import_rows(number, limit=ROWS + 1, after=after or 0, verdict=verdict)
    shown, more = rows[:ROWS], len(rows) > ROWS
    facts = _facts(number) | {
        "asked": asked,
        "rows": shown,
        "verdicts": SHOWN,
        "next": asked.query(after=shown[-1].row) if more else "",
        "first": after is not None,
        "first_address": f"?{asked.query()}",
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/import.html", facts, staff=staff, status=status)


@page(may="settlement.see")
def progress(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give how far an import is, for the page that watches it."""
    response = _progress(request, staff, number)
    if import_view(number).row.state not in {*WATCHED, "running"}:
        response["HX-Refresh"] = "true"  # its rows stand on the page now
    return response


@page(may="settlement.record", methods=("POST",))
def record(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Record a part of an import; called again it goes on."""
    said = told(request, actor=staff.actor, channel="Admin")
    try:
        record_import(number, actor=said.actor, at=said.at, enough=_enough())
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _one(request, staff, number, refusal)
    if request.headers.get("HX-Request") == "true":
        return _progress(request, staff, number)
    return see("settlement-import", number=number)


@page(may="settlement.record", methods=("POST",))
def cancel(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Call an import off; what is recorded stays."""
    said = told(request, actor=staff.actor, channel="Admin")
    try:
        cancel_import(number, actor=said.actor, at=said.at)
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _one(request, staff, number, refusal)
    messages.success(request, gettext("The import is called off; what it has recorded stays."))
    return see("settlement-import", number=number)


@page(may="exports.take")
def download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give the report of an import as a file.

    Raises:
        FormatUnknown, DocumentTooLong: as they say.
    """
    verdict = Asked(request.GET, ("verdict",)).word("verdict", VERDICTS)
    sheet = import_report(number, reading_language(), verdict=verdict)
    document = sheet_document(sheet, request.GET.get("format", "xlsx"))
    note_export(actor=staff.actor, file=document.name, rows=len(sheet.rows), at=now())
    return attachment(document)


def _listed(request: HttpRequest, staff: Staff, *, refusal: Refusal | None = None) -> HttpResponse:
    before = Asked(request.GET, ("before",)).number("before")
    rows = imports(limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts = {
        "rows": shown,
        "next": f"before={shown[-1].row.pk}" if more else "",
        "first": before is not None,
        "refusal": refusal,
        "sources": sources(),
        "typed_source": request.POST.get("source", "")[:40],
        "columns": COLUMNS,
        "needed": NEEDED,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/imports.html", facts, staff=staff, status=status
    )


def _progress(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    facts = _facts(number)
    return rendered(request, "backoffice/settlement/import_progress.html", facts, staff=staff)


def _facts(number: int) -> dict[str, Any]:
    view = import_view(number)
    actors = filter(None, (view.row.brought_by, view.row.begun_by))
    return {
        "view": view,
        "one": view.row,
        "progress": view.progress,
        "watched": view.row.state in WATCHED,
        "names": actor_names(actors),
    }


def _enough() -> Callable[[], bool]:
    until = time.monotonic() + PART
    return lambda: time.monotonic() >= until


addresses: Final = [
    path("settlement/imports", listed, name="settlement-imports"),
    path("settlement/imports/bring", bring, name="settlement-import-bring"),
    path("settlement/imports/<number:number>", one, name="settlement-import"),
    path(
        "settlement/imports/<number:number>/progress", progress, name="settlement-import-progress"
    ),
    path("settlement/imports/<number:number>/record", record, name="settlement-import-record"),
    path("settlement/imports/<number:number>/cancel", cancel, name="settlement-import-cancel"),
    path("settlement/imports/<number:number>/file", download, name="settlement-import-download"),
]
