"""Bill runs (出賬批次): started, watched while they go on, and what they could not bill with the reasons.

A request does a part of a run and answers; the page asks again until nothing is left. A worker beside
it shares the work.

Source: B-20, B-26; peers-settlement-invest A8, section 4.1.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.bills.bill_run_part import run_part
from tael.settlement.bills.bill_search import BillsWanted, bill_totals, bills
from tael.settlement.bills.run_search import bill_runs, run_facts, run_items
from tael.wallet.serial_number import business_zone
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked, malformed
from tael.web.look.forms import told
from tael.web.look.settlement_words import BILL_STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.bills.run_search import RunFacts
    from tael.web.backoffice.page import Staff

PAGE: Final = 20
PARKED: Final = 50
PART: Final = 1.5
"""Seconds after which a request stops billing and answers; the step that it is in is finished."""


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the runs, newest first, with how far each is."""
    return _listed(request, staff)


@page(may="bills.make", methods=("POST",))
def start(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Start the run of a day, or go on with it."""
    asked = Asked(request.POST, ("day",))
    try:
        day = asked.day("day")
        if day is None:
            raise malformed("day", "", "a day, as 2026-03-01")
        run = run_part(day=day, **_how(request, staff))
    except Refusal as refusal:
        return _listed(request, staff, refusal=refusal)
    return see("settlement-bill-run", number=run.run.pk)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one run: how far it is, its bills, and what it could not bill."""
    facts = _facts(run_facts(number))
    after = Asked(request.GET, ("after",)).number("after")
    rows = run_items(number, state="parked", limit=PARKED + 1, after=after)
    parked, more = rows[:PARKED], len(rows) > PARKED
    wanted = BillsWanted(run=number)
    facts |= {
        "parked": parked,
        "next": f"after={parked[-1].item.pk}" if more else "",
        "first": after is not None,
        "rows": bills(wanted, limit=10),
        "totals": bill_totals(wanted),
        "states": BILL_STATES,
    }
    return rendered(request, "backoffice/settlement/bill_run.html", facts, staff=staff)


@page(may="settlement.see")
def progress(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give how far a run is, for the page that watches it."""
    facts = _facts(run_facts(number))
    return rendered(request, "backoffice/settlement/bill_run_progress.html", facts, staff=staff)


@page(may="bills.make", methods=("POST",))
def go_on(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Do a further part of a run, also what it could not bill before."""
    found = run_part(day=run_facts(number).run.day, **_how(request, staff))
    if request.headers.get("HX-Request") == "true":
        return rendered(
            request, "backoffice/settlement/bill_run_progress.html", _facts(found), staff=staff
        )
    return see("settlement-bill-run", number=number)


def _listed(request: HttpRequest, staff: Staff, *, refusal: Refusal | None = None) -> HttpResponse:
    before = Asked(request.GET, ("before",)).number("before")
    rows = bill_runs(limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts = {
        "rows": shown,
        "next": f"before={shown[-1].run.pk}" if more else "",
        "first": before is not None,
        "today": _now().astimezone(business_zone()).date(),
        "typed": request.POST.get("day", "")[:10],
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/bill_runs.html", facts, staff=staff, status=status
    )


def _facts(found: RunFacts) -> dict[str, Any]:
    return {
        "found": found,
        "run": found.run,
        "progress": found.progress,
        "names": actor_names([found.run.started_by]),
    }


def _how(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    said = told(request, actor=staff.actor, channel="Admin")
    return {"actor": said.actor, "at": said.at, "enough": _after(PART)}


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock


addresses: Final = [
    path("settlement/bill-runs", listed, name="settlement-bill-runs"),
    path("settlement/bill-runs/start", start, name="settlement-bill-run-start"),
    path("settlement/bill-runs/<number:number>", one, name="settlement-bill-run"),
    path(
        "settlement/bill-runs/<number:number>/progress",
        progress,
        name="settlement-bill-run-progress",
    ),
    path("settlement/bill-runs/<number:number>/go-on", go_on, name="settlement-bill-run-go-on"),
]
