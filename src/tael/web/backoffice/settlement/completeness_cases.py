"""Cases of the completeness check: the queue, one with both sides beside each other, and its closing.

Source: B-14; peers-settlement-invest A6, section 4.1; reliability T9, T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.completeness.completeness_case import (
    NOTE_MAX,
    WHATS,
    close_case,
    completeness_case,
)
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    case_totals,
    completeness_cases,
    our_record,
)
from tael.settlement.lifecycles import CaseState
from tael.settlement.registry import kinds, sources
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.act_words import FIELD_NAMES, said_act
from tael.web.look.asked import Asked
from tael.web.look.forms import form_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.settlement.completeness.completeness_search import CompletenessCase
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
WHAT_NAMES: Final = {
    "differing": _("Differs"),
    "orphan": _("Only here"),
    "refused": _("Cannot be recorded"),
}
FILTERS: Final = ("source", "state", "what", "number", "since", "until")
FIELDS: Final = (*FILTERS, "before")


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List cases, newest first; the open ones unless asked otherwise."""
    asked = Asked(request.GET, FIELDS)
    facts: dict[str, Any] = {
        "asked": asked,
        "whats": WHAT_NAMES,
        "sources": sources(),
        "kinds": kind_names(),
        "filtered": any(asked[name] for name in FILTERS),
    }
    status = 200
    try:
        facts |= _found(asked)
    except Refusal as refusal:
        facts["refusal"] = refusal
        status = STATUS[refusal.because]
    template = "backoffice/settlement/completeness_cases.html"
    return rendered(request, template, facts, staff=staff, status=status)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show a case with both sides beside each other."""
    return _case(request, staff, number)


@page(may="settlement.record", methods=("POST",))
def close(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Close a case with a note."""
    form_key(request)
    note = " ".join(request.POST.get("note", "").split())
    try:
        close_case(number=number, note=note, actor=staff.actor, at=now())
    except Refusal as refusal:
        return _case(request, staff, number, refusal)
    messages.success(request, gettext("The case is closed."))
    return see("settlement-case", number=number)


def kind_names() -> dict[str, dict[str, str]]:
    """Give what the kinds of business are called by their codes, in every language."""
    return {one.code: one.names for one in kinds()}


def sides(case: CompletenessCase) -> list[dict[str, Any]]:
    """Give what either side says, field by field, with those that differ marked."""
    theirs, ours = case.theirs or {}, case.ours or {}
    both = bool(case.theirs) and bool(case.ours)
    return [
        {
            "name": name,
            "theirs": said_act(field, theirs.get(field, "")),
            "ours": said_act(field, ours.get(field, "")),
            "differs": both and field in case.reason.split(", "),
        }
        for field, name in FIELD_NAMES.items()
        if field in theirs or field in ours
    ]


def wanted_of(asked: Asked) -> CasesWanted:
    """Read the filter of the list's address: the open ones unless asked otherwise.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A6, A39.
    """
    state = asked.word("state", ("open", "closed", "all")) or "open"
    return CasesWanted(
        source=asked.text("source"),
        state=None if state == "all" else CaseState(state),
        what=asked.word("what", WHATS) or "",
        number=asked.text("number"),
        since=asked.day("since"),
        until=asked.day("until"),
    )


def _found(asked: Asked) -> dict[str, Any]:
    wanted = wanted_of(asked)
    rows = completeness_cases(wanted, limit=PAGE + 1, before=asked.number("before"))
    shown, more = rows[:PAGE], len(rows) > PAGE
    counted = case_totals(wanted)
    return {
        "rows": shown,
        "cases": shown,
        "counts": [(WHAT_NAMES[what], counted[what]) for what in WHATS if what in counted],
        "next": asked.query(before=shown[-1].pk) if more else "",
        "first": bool(asked["before"]),
    }


def _case(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    found = completeness_case(number)
    names = actor_names([found.closed_by] if found.closed_by else [])
    facts = {
        "case": found,
        "kinds": kind_names(),
        "sides": sides(found),
        "record": our_record(found),
        "closed_by": names.get(found.closed_by or "", found.closed_by),
        "note_max": NOTE_MAX,
        "typed": request.POST.get("note", ""),
        "refusal": refusal,
    }
    template = "backoffice/settlement/completeness_case.html"
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, template, facts, staff=staff, status=status)


_CASE: Final = "settlement/completeness/cases/<number:number>"

addresses: Final = [
    path("settlement/completeness/cases", listed, name="settlement-cases"),
    path(_CASE, one, name="settlement-case"),
    path(f"{_CASE}/close", close, name="settlement-case-close"),
]
