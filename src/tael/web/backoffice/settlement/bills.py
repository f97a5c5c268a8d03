"""Bills (賬單): found by merchant, period and state; one with its lines, its records and what becomes of it.

Source: B-17 to B-23, B-26, E-13; peers-settlement-invest A10 to A12, A39, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import parse_amount
from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.refusal import Refusal
from tael.settlement.bills.bill import (
    issue_bill,
    refresh_bill,
    reopen_bill,
    replace_bill,
    review_bill,
)
from tael.settlement.bills.bill_search import (
    STATES,
    BillsWanted,
    bill_facts,
    bill_totals,
    bills,
    records_behind,
)
from tael.settlement.records.accrual_search import AccrualsWanted, accruals
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.records import STATES as RECORD_STATES
from tael.web.look.asked import Asked, malformed
from tael.web.look.forms import told
from tael.web.look.settlement_words import BILL_STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.bills.bill import Bill
    from tael.settlement.bills.bill_search import BillFacts
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = (
    "account",
    "merchant",
    "currency",
    "state",
    "since",
    "until",
    "least",
    "most",
    "run",
)
LINE_FILTERS: Final = ("kind", "style")
ACTS: Final = {
    "bill.review": _("Reviewed"),
    "bill.reopen": _("Made a draft again"),
    "bill.refresh": _("Took what was new"),
    "bill.issue": _("The bill was issued"),
    "bill.replace": _("Made void and replaced"),
}
SAID: Final = {
    "review": _("Bill %(number)s is reviewed."),
    "reopen": _("Bill %(number)s is a draft again."),
    "refresh": _("Bill %(number)s has taken what was new."),
    "issue": _("Bill %(number)s is issued."),
    "replace": _("The bill is void; %(number)s takes its place."),
}


class WhyForm(forms.Form):
    """Why a bill is replaced."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept with the void bill and printed on it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


def wanted_of(asked: Asked) -> BillsWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed, and those of ``parse_amount``: a field cannot be asked for.

    Source: E-13; A39.
    """
    currency = asked.currency()
    return BillsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        currency=currency or None,
        state=asked.word("state", STATES),
        since=asked.day("since"),
        until=asked.day("until"),
        least=_signed(asked, "least", currency),
        most=_signed(asked, "most", currency),
        run=asked.number("run"),
    )


def records_wanted(facts: BillFacts, asked: Asked) -> AccrualsWanted:
    """Read which records behind a bill are wanted: all, or those of a line.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: B-18; A12, A39.
    """
    style = asked.word("style", ("net", "reversal")) or ""
    return records_behind(facts, kind=asked.text("kind"), style=style)


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List bills, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "states": BILL_STATES,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(
            request, "backoffice/settlement/bills.html", facts, staff=staff, status=status
        )
    rows = bills(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": shown,
        "totals": bill_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].bill.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
        "query": asked.query(),
    }
    return rendered(request, "backoffice/settlement/bills.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one bill with its lines and what may be done with it."""
    return _shown(request, staff, number)


@page(may="settlement.see")
def records(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """List the business records behind a bill, or behind one of its lines.

    Raises:
        UnknownBill: there is none.
        FilterMalformed: a field of the address cannot be read.
    """
    asked = Asked(request.GET, LINE_FILTERS)
    facts = bill_facts(number)
    wanted = records_wanted(facts, asked)
    before = Asked(request.GET, ("before",)).number("before")
    rows = accruals(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    line = next((one for one in facts.lines if _is(one, asked)), None)
    return rendered(
        request,
        "backoffice/settlement/bill_records.html",
        {
            "facts": facts,
            "line": line,
            "rows": shown,
            "states": RECORD_STATES,
            "query": asked.query(),
            "next": asked.query(before=shown[-1].row.pk) if more else "",
            "first": before is not None,
            "first_address": f"?{asked.query()}",
        },
        staff=staff,
    )


@page(may="bills.make", methods=("POST",))
def review(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that a draft is right."""
    return _acted(request, staff, number, "review", lambda **how: review_bill(number=number, **how))


@page(may="bills.make", methods=("POST",))
def reopen(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make a reviewed bill a draft again."""
    return _acted(request, staff, number, "reopen", lambda **how: reopen_bill(number=number, **how))


@page(may="bills.make", methods=("POST",))
def refresh(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Let a draft take what is new."""
    return _acted(
        request, staff, number, "refresh", lambda **how: refresh_bill(number=number, **how)
    )


@page(may="bills.make", methods=("POST",))
def issue(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Issue a bill: it enters the account."""
    return _acted(request, staff, number, "issue", lambda **how: issue_bill(number=number, **how))


@page(may="bills.make", methods=("POST",))
def replace(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make a bill void and give its successor."""
    reason = " ".join(request.POST.get("reason", "").split())

    def act(**how: Any) -> Bill:
        return replace_bill(number=number, reason=reason, **how)

    return _acted(request, staff, number, "replace", act)


def _acted(
    request: HttpRequest, staff: Staff, number: int, verb: str, act: Callable[..., Bill]
) -> HttpResponse:
    try:
        done = act(instruction=told(request, actor=staff.actor, channel="Admin"))
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _shown(request, staff, number, refusal=refusal)
    messages.success(request, gettext(SAID[verb]) % {"number": done.pk})  # type: ignore[arg-type]
    return see("settlement-bill", number=done.pk)


def _shown(
    request: HttpRequest, staff: Staff, number: int, *, refusal: Refusal | None = None
) -> HttpResponse:
    facts = bill_facts(number)
    found = acts(ActsWanted(subject=f"bill:{number}"), limit=20)
    names = actor_names([facts.bill.made_by, *(act.actor for act in found)])
    steps = [
        {
            "what": ACTS.get(act.action, act.action),
            "at": act.at,
            "actor": act.actor,
            "name": names.get(act.actor, ""),
        }
        for act in reversed(found)
    ]
    shown = {
        "facts": facts,
        "bill": facts.bill,
        "state_text": BILL_STATES[facts.bill.state],
        "made_by": names.get(facts.bill.made_by, ""),
        "steps": steps,
        "issued_in_trail": any(act.action == "bill.issue" for act in found),
        "refusal": refusal,
        "why": WhyForm(request.POST or None),
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/bill.html", shown, staff=staff, status=status)


def _is(line: Any, asked: Asked) -> bool:
    return (line.kind, line.style) == (asked["kind"], asked["style"] or line.style)


def _signed(asked: Asked, name: str, currency: str) -> int | None:
    """Read a bound of totals, which may be below zero."""
    text = asked[name]
    if not text:
        return None
    if not currency:
        raise malformed("currency", "", "a currency, where amounts are asked for")
    unit = books.currencies()[currency].currency
    bound = parse_amount(text.removeprefix("-"), unit, field=name, allow_zero=True).minor
    return -bound if text.startswith("-") else bound


addresses: Final = [
    path("settlement/bills", listed, name="settlement-bills"),
    path("settlement/bills/<number:number>", one, name="settlement-bill"),
    path("settlement/bills/<number:number>/records", records, name="settlement-bill-records"),
    path("settlement/bills/<number:number>/review", review, name="settlement-bill-review"),
    path("settlement/bills/<number:number>/reopen", reopen, name="settlement-bill-reopen"),
    path("settlement/bills/<number:number>/refresh", refresh, name="settlement-bill-refresh"),
    path("settlement/bills/<number:number>/issue", issue, name="settlement-bill-issue"),
    path("settlement/bills/<number:number>/replace", replace, name="settlement-bill-replace"),
]
