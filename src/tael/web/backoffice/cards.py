"""Recharge cards: batches issued with their codes shown once, the state of each card, unused ones made void.

The codes are in the answer to the form that issued them and nowhere else; the same form sent again finds
its batch and no codes.

Source: F-24, SM-03; A-F13; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import Money, parse_amount
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.wallet.card import (
    BATCH_MAX,
    CHANNEL,
    BatchRefused,
    issue_cards,
    void_card,
    void_card_of_code,
    void_cards,
)
from tael.wallet.card_search import batch as find_batch
from tael.wallet.card_search import batches, cards_of
from tael.wallet.serial_number import business_zone
from tael.web.backoffice.acted import see
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    currency_field,
    list_facts,
    list_page,
    text_field,
)
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.formats import who
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.wallet.card import Card, Issued
    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

STATES: Final = {"unused": _("unused"), "used": _("used"), "void": _("void")}
NUMBER: Final = re.compile(r"[0-9]{1,12}")
"""A card's number; a code is longer."""
CSV_TYPE: Final = "text/csv;charset=utf-8"


class IssueForm(forms.Form):
    """A batch of cards to be issued."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    amount = forms.CharField(
        label=_("Value of each card"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    count = forms.CharField(
        label=_("How many"),
        help_text=_("1 to 10,000"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    expires_at = forms.CharField(
        label=_("Usable through"),
        help_text=_("Empty: they never expire."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    spend_only = forms.BooleanField(
        label=_("What they give may be spent only, not withdrawn"), required=False
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For the staff: who gets them."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 200}),
    )

    def __init__(self, *given: Any) -> None:
        """Offer the currencies that are in use."""
        super().__init__(*given)
        codes = [code for code, state in books.currencies().items() if state.enabled]
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


class VoidForm(forms.Form):
    """Why unused cards are made void."""

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.TextInput(attrs={"maxlength": 200})
    )


class VoidOneForm(VoidForm):
    """Which card is made void, and why."""

    card = forms.CharField(
        label=_("Number or code of the card"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 64, "autocomplete": "off"}),
    )
    field_order = ("card", "reason")


@page(may="cards.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the batches, newest first."""
    fields = {"currency": currency_field(), "note": text_field(_("Note"))}
    facts = list_facts(
        request.GET, fields, read=_read, shown=lambda rows: [_line(row) for row in rows]
    )
    return list_page(request, staff, "backoffice/cards.html", facts)


def _read(asked: Asked, before: int | None) -> list[Any]:
    currency, note = asked.currency(), asked.text("note")
    return batches(currency=currency, note=note, before=before, limit=PAGE + 1)


@page(may="cards.issue", methods=("GET", "POST"))
def issue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Issue a batch and show its codes, this once."""
    if request.method != "POST":
        return rendered(request, "backoffice/card_issue.html", {"form": IssueForm()}, staff=staff)
    try:
        issued = _issue(request, staff)
    except Refusal as refusal:
        facts = {"form": IssueForm(request.POST), "refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/card_issue.html", facts, staff=staff, status=status)
    facts = {
        "batch": _line(find_batch(issued.batch.pk)),
        "codes": list(zip(issued.numbers, issued.codes, strict=True)),
        "csv": _csv(issued),
        "file": f"cards-{issued.batch.pk}.csv",
    }
    response = rendered(request, "backoffice/card_codes.html", facts, staff=staff)
    response["Cache-Control"] = "no-store"
    return response


@page(may="cards.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one batch and the state of each of its cards."""
    return _shown(request, staff, number)


@page(may="cards.issue", methods=("POST",))
def void(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make the unused cards of a batch void."""
    find_batch(number)
    try:
        instruction = told(request, actor=staff.actor)
        reason = request.POST.get("reason", "")
        count = void_cards(batch=number, reason=reason, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    if count:
        said = ngettext("%(n)s card is void now.", "%(n)s cards are void now.", count)
        messages.success(request, said % {"n": count})
    else:
        messages.info(request, gettext("No card of this batch is unused any more."))
    return see("card-batch", number=number)


@page(may="cards.issue", methods=("POST",))
def void_one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make one card void, named by its number in this batch or by its code."""
    find_batch(number)
    try:
        ended = _void_one(request, number, told(request, actor=staff.actor))
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    messages.success(request, gettext("Card %(card)s is void now.") % {"card": ended.pk})
    return see("card-batch", number=ended.batch.pk)


def _void_one(request: HttpRequest, batch: int, instruction: Instruction) -> Card:
    typed, reason = request.POST.get("card", "").strip(), request.POST.get("reason", "")
    actor, at = instruction.actor, instruction.at
    if NUMBER.fullmatch(typed):
        return void_card(batch=batch, number=int(typed), reason=reason, actor=actor, at=at)
    return void_card_of_code(code=typed, reason=reason, actor=actor, at=at)


def _issue(request: HttpRequest, staff: Staff) -> Issued:
    sent = request.POST
    unit = books.currency(sent.get("currency", ""))
    amount = parse_amount(sent.get("amount", "").strip(), unit)
    typed = sent.get("count", "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(BATCH_MAX))):
        message = "A batch has 1 to 10,000 cards."
        raise BatchRefused(message, field="count", there=typed[:32], allowed="1 to 10000")
    return issue_cards(
        amount=amount,
        count=int(typed),
        spend_only="spend_only" in sent,
        expires_at=_end_of(sent.get("expires_at", "").strip()),
        note=sent.get("note", ""),
        instruction=told(request, actor=staff.actor, channel=CHANNEL),
    )


def _end_of(day: str) -> datetime | None:
    """Give the moment at which a day is over in the business zone; None where none was given."""
    if not day:
        return None
    try:
        begins = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=business_zone())
        return begins + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        message = "This is no day."
        allowed = "a day as 2026-12-31"
        raise BatchRefused(message, field="expires_at", there=day[:32], allowed=allowed) from error


def _csv(issued: Issued) -> str:
    """Write the codes as a file that the page itself holds, so that no other request can fetch them."""
    row = issued.batch
    value = Money(row.amount, books.currencies()[row.currency].currency)
    expires = "" if row.expires_at is None else row.expires_at.isoformat()
    lines = ["batch,card,code,amount,currency,expires_at"]
    lines += [
        f"{row.pk},{number},{code},{value.text},{row.currency},{expires}"
        for number, code in zip(issued.numbers, issued.codes, strict=True)
    ]
    text = "\r\n".join(lines) + "\r\n"
    return f"data:{CSV_TYPE};base64,{base64.b64encode(text.encode()).decode()}"


def _shown(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    row = find_batch(number)

    def read(asked: Asked, after: int | None) -> list[Card]:
        state = asked.word("state", STATES) or ""
        return cards_of(number, state=state, after=after, limit=PAGE + 1)

    facts = list_facts(
        request.GET,
        {"state": choice_field(_("State"), STATES.items())},
        read=read,
        shown=lambda rows: [
            {"number": card.pk, "state": card.state, "wallet": card.wallet, "entry": card.entry}
            | {"changed_at": card.changed_at}
            for card in rows
        ],
    )
    facts |= {
        "batch": _line(row),
        "issued_by": who(row.issued_by, actor_names([row.issued_by])),
        "filters_at": reverse("backoffice:card-batch", args=[number]),
        "form": VoidForm(request.POST or None),
        "form_of_one": VoidOneForm(request.POST or None, auto_id="id_one_%s"),
        "refusal": refusal or facts["refusal"],
    }
    return list_page(request, staff, "backoffice/card_batch.html", facts)


def _line(row: Any) -> dict[str, Any]:
    return {
        "number": row.pk,
        "amount": Money(row.amount, books.currencies()[row.currency].currency),
        "count": row.count,
        "used": row.used,
        "void": row.void,
        "left": row.left,
        "spend_only": row.spend_only,
        "note": row.note,
        "issued_at": row.issued_at,
        "expires_at": row.expires_at,
    }


addresses: Final = [
    path("cards", listed, name="cards"),
    path("cards/issue", issue, name="card-issue"),
    path("cards/<number:number>", one, name="card-batch"),
    path("cards/<number:number>/void", void, name="card-void"),
    path("cards/<number:number>/void-one", void_one, name="card-void-one"),
]
