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
from tael.settlement.bank.bank_search import line_of_item
from tael.wallet.order_search import notice as find_notice
from tael.wallet.order_search import proposals_of
from tael.wallet.suspense import BANK_LINE, item, left_of
from tael.wallet.suspense_case import assign_item, change_type
from tael.wallet.suspense_proposal import (
    confirm_proposal,
    drop_proposal,
    proposal,
    propose_placing,
    propose_return,
)
from tael.wallet.suspense_search import (
    BANDS,
    SuspenseWanted,
    band_of,
    possible_owners,
    suspense_items,
    suspense_totals,
)
from tael.wallet.wallet import wallet as find_wallet
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    currency_field,
    list_facts,
    list_page,
)
from tael.web.backoffice.notices import shown_notice
from tael.web.backoffice.orders import shown_payment
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
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
TYPES: Final = {
    "unknown_order": _("no order of ours"),
    "other_currency": _("another currency"),
    "wallet_unable": _("the wallet could not take it"),
    "bank_line": _("bank line that nothing explains"),
    "wrong_amount": _("wrong amount"),
    "other": _("something else"),
}
AGES: Final = {
    "week": _("less than 7 days"),
    "month": _("7 to 29 days"),
    "quarter": _("30 to 89 days"),
    "old": _("90 days and more"),
}
ACTS: Final = {
    "suspense.assign": _("Given to somebody to look after"),
    "suspense.retype": _("Given another type"),
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
    """List money that came in and found no place: by type, owner and age, with the totals of the filter."""
    at, owners = now(), possible_owners()
    fields = {
        "type": choice_field(_("Type"), TYPES.items()),
        "owner": choice_field(
            _("Looked after by"),
            [(staff.actor, _("me")), ("nobody", _("nobody")), *_others(owners, staff)],
        ),
        "band": choice_field(_("Age"), AGES.items()),
        "currency": currency_field(),
    }

    def wanted(asked: Asked) -> SuspenseWanted:
        return SuspenseWanted(
            type=asked.word("type", TYPES) or "",
            owner=asked.word("owner", [staff.actor, "nobody", *dict(owners)]) or "",
            band=asked.word("band", BANDS) or "",
            currency=asked.currency(),
        )

    facts = list_facts(
        request.GET,
        fields,
        read=lambda asked, before: suspense_items(
            wanted(asked), at=at, before=before, limit=PAGE + 1
        ),
        shown=lambda rows: _lines(rows, at),
    )
    totals = [] if facts["refusal"] else suspense_totals(wanted(Asked(request.GET, fields)), at=at)
    shown = [one._asdict() | {"type": TYPES[one.type], "band": AGES[one.band]} for one in totals]
    return list_page(request, staff, "backoffice/suspense.html", facts | {"totals": shown})


def _others(owners: list[tuple[str, str]], staff: Staff) -> list[tuple[str, str]]:
    return [(actor, name) for actor, name in owners if actor != staff.actor]


def _lines(rows: list[Any], at: datetime) -> list[dict[str, Any]]:
    proposed = proposals_of(row.pk for row in rows)
    names = actor_names([row.suspense_owner for row in rows if row.suspense_owner])
    return [
        shown_payment(row)
        | {
            "days": (at - row.at).days,
            "old": band_of(at, row.at) == "old",
            "state": _state(proposed.get(row.pk, [])),
            "type": TYPES[row.suspense_type],
            "owner": names.get(row.suspense_owner or "", row.suspense_owner or ""),
        }
        for row in rows
    ]


@page(may="orders.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one item with what the gateway said and what people made of it."""
    return _shown(request, staff, number)


@page(may="suspense.propose", methods=("POST",))
def assign(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take an item, hand it over, or give it back to all."""

    def act() -> None:
        typed = Asked(request.POST, ("owner",)).number("owner")
        said = _instruction(request, staff)
        assign_item(number=number, owner=typed, reason=_reason(request), instruction=said)

    return _arranged(request, staff, number, act)


@page(may="suspense.propose", methods=("POST",))
def retype(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say what sort of money an item is."""

    def act() -> None:
        said = _instruction(request, staff)
        change_type(number=number, type_=request.POST.get("type", ""), instruction=said)

    return _arranged(request, staff, number, act)


def _arranged(
    request: HttpRequest, staff: Staff, number: int, act: Callable[[], None]
) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    messages.success(request, gettext("It is written down."))
    return see("suspense-item", number=number)


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
        "type": row.suspense_type,
        "type_text": TYPES[row.suspense_type or "other"],
        "types": TYPES,
        "owner": row.suspense_owner,
        "owner_name": actor_names([row.suspense_owner]).get(row.suspense_owner, "")
        if row.suspense_owner
        else "",
        "owners": [(actor.partition(":")[2], actor, name) for actor, name in possible_owners()],
        "by_bank": row.verdict == BANK_LINE,
        "line": line_of_item(number),
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
    path("suspense/<number:number>/assign", assign, name="suspense-assign"),
    path("suspense/<number:number>/type", retype, name="suspense-retype"),
    path("suspense/<number:number>/place", place, name="suspense-place"),
    path("suspense/<number:number>/return", give_back, name="suspense-return"),
    path("suspense-proposals/<number:number>/confirm", confirm, name="suspense-confirm"),
    path("suspense-proposals/<number:number>/drop", drop, name="suspense-drop"),
    path("suspense-proposals/<number:number>/decline", decline, name="suspense-decline"),
]
