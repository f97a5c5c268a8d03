"""Money in suspense (待查款項): what is open, one item with all that is known, and what two people make of it.

Source: reliability, section 3a (suspense; roles), T9; I24, I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.refusal import Refusal
from tael.wallet.order_search import notice as find_notice
from tael.wallet.order_search import payments_in_suspense, proposals_of
from tael.wallet.suspense import item, left_of
from tael.wallet.suspense_proposal import (
    confirm_proposal,
    drop_proposal,
    proposal,
    propose_placing,
    propose_return,
)
from tael.wallet.waiting import in_suspense
from tael.wallet.wallet import wallet as find_wallet
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.filters import PAGE, Asked
from tael.web.backoffice.notices import shown_notice
from tael.web.backoffice.orders import shown_payment
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from tael.books import Instruction
    from tael.wallet.suspense_proposal import Proposed
    from tael.web.backoffice.page import Staff

CHANNEL: Final = "Admin"
STATES: Final = {
    "proposed": _("waits for a second person"),
    "returning": _("the gateway is asked"),
    "done": _("done"),
    "dropped": _("dropped"),
    "declined": _("declined by the gateway"),
}
ACTS: Final = {
    "suspense.propose": _("Proposed"),
    "suspense.confirm": _("Confirmed"),
    "suspense.drop": _("Dropped"),
    "suspense.return": _("Given back by the gateway"),
    "suspense.decline": _("Declined by the gateway"),
}


class Step(NamedTuple):
    """One thing that people or the gateway did about an item."""

    at: datetime
    what: str | _StrPromise
    actor: str
    name: str
    reason: str


class PlaceForm(forms.Form):
    """Where the money belongs, and why."""

    wallet = forms.CharField(
        label=_("Number of the wallet"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("How you know whose money it is."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400}),
    )


class ReasonForm(forms.Form):
    """Why the money goes back, or why a proposal is dropped."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400}),
    )


@page(may="orders.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List money that came in and found no wallet, with its age and what is proposed."""
    asked = Asked(request)
    rows = payments_in_suspense(before=asked.number("before"), limit=PAGE + 1)
    shown, more = rows[:PAGE], len(rows) > PAGE
    proposed = proposals_of(row.pk for row in shown)
    facts = {
        "rows": [
            shown_payment(row)
            | {"days": (now() - row.at).days, "state": _state(proposed.get(row.pk, []))}
            for row in shown
        ],
        "sums": in_suspense(),
        "next": asked.page(shown[-1].pk if more else None),
        "first": "before" in asked.query,
    }
    return rendered(request, "backoffice/suspense.html", facts, staff=staff)


@page(may="orders.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one item with what the gateway said and what people made of it."""
    return _shown(request, staff, number)


@page(may="suspense.propose", methods=("POST",))
def place(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Propose to place an item in a wallet."""

    def act() -> Proposed:
        typed = request.POST.get("wallet", "").strip()[:20]
        plain = typed.isascii() and typed.isdigit() and len(typed) < 19
        return propose_placing(
            number=number,
            wallet=find_wallet(int(typed) if plain else 0),
            reason=_reason(request),
            instruction=_instruction(request, staff),
        )

    return _acted(request, staff, number, act)


@page(may="suspense.propose", methods=("POST",))
def give_back(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Propose to give an item back to its payer."""

    def act() -> Proposed:
        return propose_return(
            number=number, reason=_reason(request), instruction=_instruction(request, staff)
        )

    return _acted(request, staff, number, act)


@page(may="suspense.confirm", methods=("POST",))
def confirm(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Confirm, as the second person, what somebody else proposed."""

    def act() -> Proposed:
        return confirm_proposal(number=number, instruction=_instruction(request, staff))

    return _acted(request, staff, proposal(number).payment, act)


@page(may="suspense.propose", methods=("POST",))
def drop(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Drop a proposal, as one who proposes."""
    return _dropped(request, staff, number)


@page(may="suspense.confirm", methods=("POST",))
def decline(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Drop a proposal, as one who confirms."""
    return _dropped(request, staff, number)


def _dropped(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    def act() -> Proposed:
        return drop_proposal(
            number=number, reason=_reason(request), instruction=_instruction(request, staff)
        )

    return _acted(request, staff, proposal(number).payment, act)


def _acted(
    request: HttpRequest, staff: Staff, number: int, act: Callable[[], Proposed]
) -> HttpResponse:
    try:
        done = act()
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    said = {
        "proposed": gettext("It is proposed and waits for a second person."),
        "returning": gettext("It is confirmed; the gateway is asked to give the money back."),
        "done": gettext("The money has its place."),
        "dropped": gettext("The proposal is dropped; the money is in suspense as before."),
    }
    messages.success(request, said.get(done.proposal.state, ""))
    return see("suspense-item", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    row = item(number)
    proposals = proposals_of([number]).get(number, [])
    waits = next((one for one in proposals if one.state in {"proposed", "returning"}), None)
    facts = {
        "row": shown_payment(row) | {"days": (now() - row.at).days},
        "number": number,
        "wallet": row.wallet,
        "open": bool(left_of(row)),
        "notice": shown_notice(find_notice(row.notice)) if row.notice else None,
        "waits": waits,
        "waits_text": "" if waits is None else STATES[waits.state],
        "mine": waits is not None and waits.proposed_by == staff.actor,
        "steps": _steps(number),
        "place_form": PlaceForm(request.POST or None, auto_id="place-%s"),
        "return_form": ReasonForm(request.POST or None, auto_id="return-%s"),
        "drop_form": ReasonForm(request.POST or None, auto_id="drop-%s"),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/suspense_item.html", facts, staff=staff, status=status)


def _steps(number: int) -> list[Step]:
    found = acts(ActsWanted(subject=f"gateway_payment:{number}"), limit=50)
    names = actor_names([act.actor for act in found])
    return [
        Step(
            act.at,
            ACTS.get(act.action, act.action),
            act.actor,
            names.get(act.actor, ""),
            str(act.details.get("reason") or ""),
        )
        for act in reversed(found)
    ]


def _state(proposals: list[Any]) -> str | _StrPromise:
    """Tell what the newest proposal waits for; nothing where there is none open."""
    waits = [one for one in proposals if one.state in {"proposed", "returning"}]
    return STATES[waits[0].state] if waits else ""


def _reason(request: HttpRequest) -> str:
    return " ".join(request.POST.get("reason", "").split())


def _instruction(request: HttpRequest, staff: Staff) -> Instruction:
    return told(request, actor=staff.actor, channel=CHANNEL, code="AdminSuspense")


addresses: Final = [
    path("suspense", listed, name="suspense"),
    path("suspense/<number:number>", one, name="suspense-item"),
    path("suspense/<number:number>/place", place, name="suspense-place"),
    path("suspense/<number:number>/return", give_back, name="suspense-return"),
    path("suspense-proposals/<number:number>/confirm", confirm, name="suspense-confirm"),
    path("suspense-proposals/<number:number>/drop", drop, name="suspense-drop"),
    path("suspense-proposals/<number:number>/decline", decline, name="suspense-decline"),
]
