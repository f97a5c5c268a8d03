"""The house's bank accounts, and how each bank writes its sheets.

Source: peers-settlement-invest A26, section 4.1; T9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.channels.queries import channels
from tael.refusal import Refusal
from tael.settlement.bank.bank_account import add_bank_account, bank_accounts, give_map
from tael.settlement.bank.bank_map import (
    DAYS,
    ENCODINGS,
    FIELDS,
    MARKS,
    MapFields,
    bank_map,
    bank_maps,
    set_bank_map,
)
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

WORDS: Final = {
    "booked_on": _("Booking day"),
    "value_on": _("Value day"),
    "amount": _("Amount with its sign"),
    "debit": _("Debit: what went out"),
    "credit": _("Credit: what came in"),
    "balance": _("Balance after the line"),
    "currency": _("Currency"),
    "reference": _("The bank's reference"),
    "end_to_end": _("The payer's number"),
    "counterparty": _("Name at the other end"),
    "counterparty_account": _("Account at the other end"),
    "text": _("Text"),
}


class AccountForm(forms.Form):
    """An account that the house has at a bank."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 32, "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"), required=False, widget=forms.TextInput(attrs={"maxlength": 100})
    )
    number = forms.CharField(
        label=_("IBAN or account number"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    map = forms.ChoiceField(
        label=_("Column map"),
        help_text=_("Only sheets need one; camt.053 says itself what is what."),
        required=False,
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Offer the channels in use, the currencies and the maps."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        offered = {
            "channel": [(one.identifier, one.name) for one in channels() if one.enabled],
            "currency": [(code, code) for code in sorted(books.currencies())],
            "map": [("", _("none")), *((one.code, one.name) for one in bank_maps())],
        }
        for field, choices in offered.items():
            self.fields[field].choices = choices  # type: ignore[attr-defined]


class MapForm(forms.Form):
    """How a bank writes its sheets."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 32, "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"), required=False, widget=forms.TextInput(attrs={"maxlength": 100})
    )
    day = forms.ChoiceField(
        label=_("Days are written as"), choices=[(one, one) for one in DAYS], required=False
    )
    mark = forms.ChoiceField(
        label=_("Decimal mark"), choices=[(one, one) for one in MARKS], required=False
    )
    encoding = forms.ChoiceField(
        label=_("Encoding of a csv"), choices=[(one, one) for one in ENCODINGS], required=False
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Add a field for each thing that a heading can hold."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        for field in FIELDS:
            widget = forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off"})
            self.fields[f"columns.{field}"] = forms.CharField(
                label=WORDS[field], required=False, widget=widget
            )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the house's bank accounts; as many as it has."""
    return _accounts(request, staff)


@page(may="settlement.terms", methods=("POST",))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Register a bank account."""
    sent = request.POST
    try:
        said = told(request, actor=staff.actor)
        made = add_bank_account(
            code=sent.get("code", "").strip(),
            name=sent.get("name", ""),
            channel=sent.get("channel", ""),
            currency=sent.get("currency", ""),
            number=sent.get("number", ""),
            map_code=sent.get("map", ""),
            actor=staff.actor,
            at=said.at,
        )
    except Refusal as refusal:
        return _accounts(request, staff, refusal)
    messages.success(request, gettext("Bank account %(code)s is registered.") % {"code": made.code})
    return see("bank-accounts")


@page(may="settlement.terms", methods=("POST",))
def choose_map(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Say by which map the sheets of an account are read."""
    try:
        said = told(request, actor=staff.actor)
        chosen = request.POST.get("map", "")
        give_map(code=code, map_code=chosen, actor=staff.actor, at=said.at)
    except Refusal as refusal:
        return _accounts(request, staff, refusal)
    messages.success(request, gettext("It is written down."))
    return see("bank-accounts")


@page(may="settlement.see")
def maps(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the column maps; one of them fills the form."""
    code = request.GET.get("map", "")
    return _maps(request, staff, code)


@page(may="settlement.terms", methods=("POST",))
def set_map(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Save a column map."""
    sent = request.POST
    try:
        said = told(request, actor=staff.actor)
        fields = MapFields(
            {field: sent.get(f"columns.{field}", "") for field in FIELDS},
            day=sent.get("day", ""),
            mark=sent.get("mark", ""),
            encoding=sent.get("encoding", ""),
        )
        made = set_bank_map(
            code=sent.get("code", "").strip(),
            name=sent.get("name", ""),
            fields=fields,
            actor=staff.actor,
            at=said.at,
        )
    except Refusal as refusal:
        return _maps(request, staff, "", refusal)
    messages.success(request, gettext("Column map %(code)s is saved.") % {"code": made.code})
    return see("bank-maps")


def _accounts(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    facts = {
        "rows": bank_accounts(),
        "maps": bank_maps(),
        "form": AccountForm(request.POST or None),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    template = "backoffice/settlement/bank_accounts.html"
    return rendered(request, template, facts, staff=staff, status=status)


def _maps(
    request: HttpRequest, staff: Staff, code: str, refusal: Refusal | None = None
) -> HttpResponse:
    rows = bank_maps()
    initial: dict[str, Any] = {}
    if code:
        one = bank_map(code)
        initial = {
            **{name: getattr(one, name) for name in ("code", "name", "day", "mark", "encoding")},
            **{f"columns.{field}": heading for field, heading in one.columns.items()},
        }
    facts = {
        "rows": [
            (row, [(WORDS[field], row.columns[field]) for field in FIELDS if field in row.columns])
            for row in rows
        ],
        "form": MapForm(request.POST or None, initial=initial),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    template = "backoffice/settlement/bank_maps.html"
    return rendered(request, template, facts, staff=staff, status=status)


addresses: Final = [
    path("settlement/bank-accounts", listed, name="bank-accounts"),
    path("settlement/bank-accounts/add", add, name="bank-account-add"),
    path("settlement/bank-accounts/<str:code>/map", choose_map, name="bank-account-map"),
    path("settlement/bank-maps", maps, name="bank-maps"),
    path("settlement/bank-maps/set", set_map, name="bank-map-set"),
]
