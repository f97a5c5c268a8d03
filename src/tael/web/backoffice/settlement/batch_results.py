"""The bank's answer to a batch (回盤): brought as a file, looked at row by row, taken in parts, watched.

A request takes a part and answers; the page asks again until nothing is left. Whoever comes back later
finds it where it was.

Source: B-35, B-36; peers-settlement-invest A19, A24, section 4.1; T9, T15.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.documents.payout_answer import read_answer
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.batch_search import result_rows
from tael.settlement.payouts.result_file import drop_result, keep_result, result_file, take_part
from tael.settlement.payouts.result_preview import JUDGED_AT_ONCE, outlook, preview
from tael.sheets import SheetTooLarge, SheetUnreadable
from tael.sheets.limits import UPLOAD_MAX
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.payouts.result_file import ResultFile
    from tael.settlement.payouts.result_preview import Preview
    from tael.web.backoffice.page import Staff

PART: Final = 1.5
"""Seconds after which a request stops taking rows and answers; the thousand that it is at is finished."""
ROWS: Final = 100
VERDICTS: Final = {
    "paid": _("paid"),
    "failed": _("failed"),
    "unknown": _("unknown"),
    "unchanged": _("nothing new"),
    "refused": _("refused"),
}


@page(may="payouts.make", methods=("POST",))
def bring(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Bring a file; it is read and judged, and nothing is done yet."""
    try:
        sent = request.FILES.get("file")
        if sent is None:
            message = "There is no file."
            raise SheetUnreadable(message, field="file", allowed="the file that was exported")
        if (sent.size or 0) > UPLOAD_MAX:
            message = "The file is too large."
            raise SheetTooLarge(message, field="file", allowed=f"at most {UPLOAD_MAX} bytes")
        payout_batch(number)
        sheet = read_answer(sent.read(), name=sent.name or "")
        kept = keep_result(
            number=number,
            sheet=sheet,
            instruction=told(request, actor=staff.actor, channel="Admin"),
        )
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        facts = {"batch": payout_batch(number), "refusal": refusal}
        return rendered(
            request,
            "backoffice/settlement/result_unfit.html",
            facts,
            staff=staff,
            status=STATUS[refusal.because],
        )
    return see("settlement-result", number=kept.pk)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show a result file: what taking it would do, or what became of its rows."""
    found = result_file(number)
    asked = Asked(request.GET, ("verdict", "after"))
    verdict = asked.word("verdict", VERDICTS) or ""
    rows = result_rows(number, verdict=verdict, after=asked.number("after") or 0, limit=ROWS + 1)
    shown, more = rows[:ROWS], len(rows) > ROWS
    facts = _facts(found) | {
        "preview": _foreseen(found),
        "rows": shown,
        "verdict": verdict,
        "names": actor_names([found.imported_by]),
        "rows_query": f"verdict={verdict}",
        "verdicts": VERDICTS,
        "next": f"verdict={verdict}&after={shown[-1].row}" if more else "",
        "first": bool(asked["after"]),
    }
    return rendered(request, "backoffice/settlement/result.html", facts, staff=staff)


@page(may="settlement.see")
def looked(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give how far the worker is who judges a large file, for the page that watches it."""
    found = result_file(number)
    response = rendered(
        request, "backoffice/settlement/result_looked.html", _facts(found), staff=staff
    )
    if not _watched(found):
        response["HX-Refresh"] = "true"  # what it would do stands on the page now
    return response


@page(may="payouts.make", methods=("POST",))
def take(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take a part of the rows."""
    found = take_part(
        file=number,
        instruction=told(request, actor=staff.actor, channel="Admin"),
        enough=_after(PART),
    )
    if request.headers.get("HX-Request") == "true":
        if found.state == "waiting":
            template = "backoffice/settlement/result_progress.html"
            return rendered(request, template, _facts(found) | {"goes_on": True}, staff=staff)
        answer = rendered(
            request, "backoffice/settlement/result_progress.html", _facts(found), staff=staff
        )
        answer["HX-Refresh"] = "true"
        return answer
    return see("settlement-result", number=number)


@page(may="payouts.make", methods=("POST",))
def drop(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Lay a file aside of which no row is to be taken any more."""
    found = drop_result(file=number, instruction=told(request, actor=staff.actor, channel="Admin"))
    return see("settlement-batch", number=found.batch_id)


def _foreseen(found: ResultFile) -> Preview | None:
    """Give what taking it would do: judged now, or by the worker where it has many rows."""
    if found.state != "waiting" or found.done:
        return None
    return preview(found.pk) if found.rows <= JUDGED_AT_ONCE else outlook(found)


def _watched(found: ResultFile) -> bool:
    """Tell whether a worker judges it now, or will."""
    fresh = found.state == "waiting" and not found.done and found.looked_at is None
    return fresh and found.rows > JUDGED_AT_ONCE


def _facts(found: ResultFile) -> dict[str, Any]:
    return {
        "file": found,
        "batch": found.batch,
        "watched": _watched(found),
        "looked": 100 * found.looked // found.rows if found.rows else 100,
        "percent": 100 * found.done // found.rows if found.rows else 100,
        "counts": [
            {"key": key, "text": text, "count": getattr(found, key)}
            for key, text in VERDICTS.items()
        ],
    }


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


_FILE: Final = "settlement/results/<number:number>"

addresses: Final = [
    path("settlement/batches/<number:number>/result", bring, name="settlement-result-bring"),
    path(_FILE, one, name="settlement-result"),
    path(f"{_FILE}/looked", looked, name="settlement-result-looked"),
    path(f"{_FILE}/take", take, name="settlement-result-take"),
    path(f"{_FILE}/drop", drop, name="settlement-result-drop"),
]
