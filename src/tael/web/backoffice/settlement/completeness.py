"""Completeness (定期檢查): how complete each source is by day, a check now, and where a source is asked.

Source: B-14; peers-settlement-invest A6, section 4.1; reliability T9, T14, T15.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.asking.source_address import bring_files, new_secret, set_address
from tael.settlement.completeness.completeness_run import (
    DAYS_MAX,
    LIST_AT_ONCE,
    CheckEnded,
    ask_for_check,
    check_file,
    completeness_run,
    stop_check,
)
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    DaysWanted,
    checks,
    completeness_cases,
    completeness_days,
    day_totals,
    one_source,
    run_view,
    source_views,
)
from tael.settlement.lifecycles import CaseState
from tael.settlement.registry import parse_zone
from tael.sheets.limits import UPLOAD_MAX
from tael.sheets.refusals import SheetTooLarge, SheetUnreadable
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.completeness_cases import kind_names
from tael.web.look.asked import Asked, malformed
from tael.web.look.formats import who
from tael.web.look.forms import form_key, told

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.asking.source_address import AddressedSource
    from tael.settlement.completeness.completeness_search import RunView, Source
    from tael.web.backoffice.page import Staff

DAYS: Final = 31
PAGE: Final = 20
DAY_FILTERS: Final = ("since", "until", "incomplete")
OPEN_CASES: Final = 10
STATES: Final = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "stopped": _("Stopped"),
}
TONES: Final = {
    "waiting": "badge-ghost",
    "running": "badge-soft badge-warning",
    "done": "badge-soft badge-success",
    "failed": "badge-soft badge-error",
}


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the sources with how complete each is over the last days."""
    since = (now() - timedelta(days=DAYS)).date()
    views = source_views(since=since)
    rows = [
        {"view": view, "last": None if view.last is None else _shown(run_view(view.last))}
        for view in views
    ]
    facts = {"rows": rows, "days": DAYS, "cases": sum(view.cases for view in views)}
    return rendered(request, "backoffice/settlement/completeness.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Show the days of one source, its open cases and its checks."""
    return _source(request, staff, one_source(code))


@page(may="settlement.record", methods=("POST",))
def check(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Ask for a check over HTTP; a worker does it, and the page of the check shows how far it is."""
    source = one_source(code)
    try:
        first, last = _window(request, needed=True)
        assert first is not None
        assert last is not None
        instruction = told(request, actor=staff.actor, channel="Admin")
        run = ask_for_check(source=code, first=first, last=last, instruction=instruction)
    except Refusal as refusal:
        return _source(request, staff, source, refusal)
    return see("settlement-check", number=run.pk)


@page(may="settlement.record", methods=("POST",))
def bring(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Check what a file lists: a short one before the answer, a longer one by a worker."""
    source = one_source(code)
    try:
        first, last = _window(request, needed=False)
        name, data = _file(request)
        run = check_file(
            source=code,
            data=data,
            name=name,
            first=first,
            last=last,
            instruction=told(request, actor=staff.actor, channel="Admin"),
            at_once=LIST_AT_ONCE,
        )
    except Refusal as refusal:
        return _source(request, staff, source, refusal)
    return see("settlement-check", number=run.pk)


@page(may="settlement.see")
def checked(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one check: how far it is, what its days came to, and the cases of these days."""
    view = run_view(completeness_run(number))
    run = view.run
    wanted = DaysWanted(source=run.source_id, since=run.first_day, until=run.last_day)
    cases = CasesWanted(
        source=run.source_id, state=CaseState.OPEN, since=run.first_day, until=run.last_day
    )
    facts = _check_facts(view) | {
        "rows": completeness_days(wanted, limit=DAYS_MAX),
        "cases": completeness_cases(cases, limit=OPEN_CASES),
        "kinds": kind_names(),
        "source": run.source,
    }
    return rendered(request, "backoffice/settlement/completeness_check.html", facts, staff=staff)


@page(may="settlement.see")
def progress(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give how far a check is, for the page that watches it."""
    facts = _check_facts(run_view(completeness_run(number)))
    template = "backoffice/settlement/completeness_progress.html"
    response = rendered(request, template, facts, staff=staff)
    if not facts["check"]["goes_on"]:
        response["HX-Refresh"] = "true"  # its days stand on the page now
    return response


@page(may="settlement.record", methods=("POST",))
def stop(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Stop a check; what it has added stays."""
    instruction = told(request, actor=staff.actor)
    try:
        stop_check(number, actor=staff.actor, at=instruction.at)
    except CheckEnded:  # it was faster: the page shows its end
        messages.info(request, gettext("The check had come to its end already."))
    else:
        messages.success(request, gettext("The check is stopped; what it has added stays."))
    return see("settlement-check", number=number)


@page(may="settlement.terms", methods=("POST",))
def address(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Say where a source is asked, and show the secret, this once."""
    source = one_source(code)
    try:
        made = set_address(
            source=code,
            address=request.POST.get("address", "").strip(),
            actor=staff.actor,
            at=now(),
            key=form_key(request),
        )
    except Refusal as refusal:
        return _source(request, staff, source, refusal)
    return _secret(request, staff, made)


@page(may="settlement.terms", methods=("POST",))
def secret(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Give a source another secret and show it, this once."""
    source = one_source(code)
    try:
        made = new_secret(source=code, actor=staff.actor, at=now(), key=form_key(request))
    except Refusal as refusal:
        return _source(request, staff, source, refusal)
    return _secret(request, staff, made)


@page(may="settlement.terms", methods=("POST",))
def files(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Ask a source no more: its lists are brought as files."""
    form_key(request)
    bring_files(source=one_source(code).pk, actor=staff.actor, at=now())
    messages.success(
        request, gettext("The source is not asked any more; bring its lists as files.")
    )
    return see("settlement-completeness-source", code=code)


def _source(
    request: HttpRequest, staff: Staff, source: Source, refusal: Refusal | None = None
) -> HttpResponse:
    asked = Asked(request.GET, (*DAY_FILTERS, "before"))
    facts: dict[str, Any] = {"source": source, "asked": asked, "days_max": DAYS_MAX}
    try:
        facts |= _days(asked, source)
    except Refusal as wrong:
        refusal = refusal or wrong
    open_ones = CasesWanted(source=source.pk, state=CaseState.OPEN)
    today = now().astimezone(parse_zone(source.zone)).date()
    facts |= {
        "cases": completeness_cases(open_ones, limit=OPEN_CASES),
        "kinds": kind_names(),
        "checks": [_shown(view) for view in checks(source=source.pk, limit=5)],
        "first": max(source.first_day, today - timedelta(days=7)),
        "last": today - timedelta(days=1),
        "typed": request.POST.get("address", source.address),
        "refusal": refusal,
    }
    template = "backoffice/settlement/completeness_source.html"
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, template, facts, staff=staff, status=status)


def days_wanted(asked: Asked, source: Source) -> DaysWanted:
    """Read the filter of a source's days.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A6, A39.
    """
    return DaysWanted(
        source=source.pk,
        since=asked.day("since"),
        until=asked.day("until"),
        incomplete=asked.word("incomplete", ("yes",)) is not None,
    )


def _days(asked: Asked, source: Source) -> dict[str, Any]:
    wanted = days_wanted(asked, source)
    before = asked.day("before")
    # of one source there is one row for each day: the day alone is the place
    rows = completeness_days(wanted, limit=PAGE + 1, before=None if before is None else (before, 0))
    shown, more = rows[:PAGE], len(rows) > PAGE
    return {
        "rows": shown,
        "totals": day_totals(wanted),
        "next": asked.query(before=shown[-1].day) if more else "",
        "later": before is not None,
        "narrowed": any(asked[name] for name in DAY_FILTERS),
    }


def _check_facts(view: RunView) -> dict[str, Any]:
    names = actor_names([view.run.asked_by])
    return {"check": _shown(view) | {"asked_by": who(view.run.asked_by, names)}}


def _shown(view: RunView) -> dict[str, Any]:
    return {
        "run": view.run,
        "view": view,
        "goes_on": view.goes_on,
        "state": STATES[view.run.state],
        "tone": TONES[view.run.state],
    }


def _window(request: HttpRequest, *, needed: bool) -> tuple[date | None, date | None]:
    asked = Asked(request.POST, ("from", "to"))
    first, last = asked.day("from"), asked.day("to")
    for name, day in (("from", first), ("to", last)):
        if needed and day is None:
            raise malformed(name, "", "a day, as 2026-03-01")
    return first, last


def _file(request: HttpRequest) -> tuple[str, bytes]:
    sent = request.FILES.get("file")
    if sent is None:
        message = "There is no file."
        raise SheetUnreadable(message, field="file", allowed="a csv or xlsx file")
    if (sent.size or 0) > UPLOAD_MAX:
        message = "The file is too large."
        raise SheetTooLarge(message, field="file", allowed=f"at most {UPLOAD_MAX} bytes")
    return sent.name or "", sent.read()


def _secret(request: HttpRequest, staff: Staff, made: AddressedSource) -> HttpResponse:
    if not made.secret:
        messages.success(request, gettext("The address stands already; its secret stays."))
        return see("settlement-completeness-source", code=made.source.pk)
    facts = {"source": made.source, "secret": made.secret}
    template = "backoffice/settlement/source_secret.html"
    response = rendered(request, template, facts, staff=staff)
    response["Cache-Control"] = "no-store"
    return response


_SOURCE: Final = "settlement/completeness/sources/<str:code>"
_CHECK: Final = "settlement/completeness/checks/<number:number>"

addresses: Final = [
    path("settlement/completeness", listed, name="settlement-completeness"),
    path(_SOURCE, one, name="settlement-completeness-source"),
    path(f"{_SOURCE}/check", check, name="settlement-completeness-check"),
    path(f"{_SOURCE}/file", bring, name="settlement-completeness-file"),
    path(f"{_SOURCE}/address", address, name="settlement-source-address"),
    path(f"{_SOURCE}/secret", secret, name="settlement-source-secret"),
    path(f"{_SOURCE}/bring-files", files, name="settlement-source-files"),
    path(_CHECK, checked, name="settlement-check"),
    path(f"{_CHECK}/stop", stop, name="settlement-check-stop"),
    path(f"{_CHECK}/progress", progress, name="settlement-check-progress"),
]
