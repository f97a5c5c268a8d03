"""The registry of currencies and points: taken into use, switched off and on.

Source: F-11, E-04; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.channels.currency import (
    add_currency,
    add_iso_currency,
    disable_currency,
    enable_currency,
)
from tael.channels.queries import currencies
from tael.money import CurrencyMalformed
from tael.refusal import Refusal
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

SORTS: Final = (
    ("iso", _("a currency of ISO 4217")),
    ("money", _("a currency of our own")),
    ("points", _("points")),
)


class CurrencyForm(forms.Form):
    """A currency to be taken into use."""

    sort = forms.ChoiceField(label=_("What it is"), choices=SORTS, required=False)
    code = forms.CharField(
        label=_("Code"),
        help_text=_("3 to 12 capital letters and digits, as CNY or MILES."),
        required=False,
    )
    exponent = forms.CharField(
        label=_("Decimals"),
        help_text=_("Of our own currencies and points, 0 to 8. They never change."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    name = forms.CharField(
        label=_("Name"), help_text=_("Of our own currencies and points."), required=False
    )


@page(may="registries.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List all currencies and points."""
    return _shown(request, staff, CurrencyForm())


@page(may="registries.change", methods=("POST",))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take a currency into use."""
    sent = request.POST
    code = sent.get("code", "").strip().upper()[:20]
    try:
        instruction = told(request, actor=staff.actor)
        if sent.get("sort") in {"money", "points"}:
            add_currency(
                code=code,
                exponent=_exponent(sent.get("exponent", "").strip()),
                kind="points" if sent["sort"] == "points" else "money",
                name=sent.get("name", ""),
                actor=staff.actor,
                at=instruction.at,
            )
        else:
            add_iso_currency(code=code, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, CurrencyForm(sent), refusal)
    messages.success(request, gettext("%(code)s is in use.") % {"code": code})
    return see("currencies")


@page(may="registries.change", methods=("POST",))
def switch(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Switch a currency off or on."""
    on = request.POST.get("to") == "on"
    try:
        instruction = told(request, actor=staff.actor)
        act = enable_currency if on else disable_currency
        act(code=code, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _shown(request, staff, CurrencyForm(), refusal)
    said = gettext("%(code)s is on.") if on else gettext("%(code)s is off.")
    messages.success(request, said % {"code": code})
    return see("currencies")


def _exponent(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) == 1):
        message = "The decimals are a number from 0 to 8."
        raise CurrencyMalformed(message, field="exponent", there=typed[:20], allowed="0 to 8")
    return int(typed)


def _shown(
    request: HttpRequest, staff: Staff, form: CurrencyForm, refusal: Refusal | None = None
) -> HttpResponse:
    facts = {"rows": currencies(), "form": form, "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/currencies.html", facts, staff=staff, status=status)


addresses: Final = [
    path("currencies", listed, name="currencies"),
    path("currencies/add", add, name="currency-add"),
    path("currencies/of/<str:code>/switch", switch, name="currency-switch"),
]
