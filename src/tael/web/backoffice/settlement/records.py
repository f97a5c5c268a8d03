"""Business records (業務收支): found by what they are, with what they add up to.

Source: B-08 to B-16, E-12; peers-settlement-invest A12, A39, section 4.1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tael import books
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records.accrual_search import (
    TOTALED,
    AccrualsWanted,
    accrual_totals,
    accrual_view,
    accruals,
    cut_off,
    reversals_of,
)
from tael.settlement.registry import kind_named, kinds, sources
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = (
    "account",
    "merchant",
    "currency",
    "source",
    "kind",
    "number",
    "type",
    "state",
    "origin",
    "settled",
    "bill",
    "since",
    "until",
)
TYPES: Final = {"normal": _("normal"), "reversal": _("reversal")}
ORIGINS: Final = {"at_once": _("at once"), "import": _("import"), "check": _("periodic check")}
SETTLED: Final = {"no": _("not yet on a bill"), "yes": _("on a bill")}
STATES: Final = {
    "pending": pgettext_lazy("business record", "to be confirmed"),
    "confirmed": pgettext_lazy("business record", "confirmed"),
    "failed": pgettext_lazy("business record", "failed"),
}


class ReversalForm(forms.Form):
    """How much of a record is taken back, under which number."""

    number = forms.CharField(
        label=_("Business number of the reversal"),
        help_text=_("As of the return order or the revocation."),
        required=False,
    )
    amount = forms.CharField(
        label=_("Amount"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    note = forms.CharField(label=_("Note"), required=False)


def wanted_of(asked: Asked) -> AccrualsWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-12; A39.
    """
    state, settled = asked.word("state", STATES), asked.word("settled", SETTLED)
    return AccrualsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        currency=asked.currency(),
        source=asked.text("source"),
        kind=asked.text("kind"),
        number=asked.text("number"),
        type=asked.word("type", TYPES) or "",
        state=None if state is None else AccrualState(state),
        origin=asked.word("origin", ORIGINS) or "",
        settled=None if settled is None else settled == "yes",
        bill=asked.number("bill"),
        since=asked.day("since"),
        until=asked.day("until"),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List business records, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "kinds": kinds(),
        "sources": sources(),
        "choices": {"type": TYPES, "origin": ORIGINS, "settled": SETTLED, "state": STATES},
        "states": STATES,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(
            request, "backoffice/settlement/records.html", facts, staff=staff, status=status
        )
    rows = accruals(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    totals = accrual_totals(wanted, most=TOTALED) if shown else []
    facts |= {
        "rows": shown,
        "totals": totals,
        "cut": cut_off(totals, TOTALED),
        "next": asked.query(before=shown[-1].row.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return rendered(request, "backoffice/settlement/records.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one business record with its reversals, or with what it reverses."""
    return shown_record(request, staff, number)


def shown_record(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    """Show one business record, after a refusal with what was sent."""
    view = accrual_view(number)
    row = view.row
    facts = {
        "one": view,
        "kind": kind_named(row.kind_id),
        "reversals": reversals_of(number) if row.reversed else [],
        "original": None if row.reverses_id is None else accrual_view(row.reverses_id),
        "names": actor_names(filter(None, (row.recorded_by, row.decided_by))),
        "states": STATES,
        "origin": ORIGINS[row.origin],
        "facts_text": json.dumps(row.facts, ensure_ascii=False, indent=1),
        "form": ReversalForm(request.POST or None, initial={"amount": view.left.text}),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/record.html", facts, staff=staff, status=status)


addresses: Final = [
    path("settlement/records", listed, name="settlement-records"),
    path("settlement/records/<number:number>", one, name="settlement-record"),
]
