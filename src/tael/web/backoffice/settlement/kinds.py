"""Kinds of business (業務): registered, renamed, switched.

Source: B-13, B-22, E-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, get_args

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.refusal import Refusal
from tael.settlement.registry import Direction, RegistryMalformed, add_kind, kinds, switch_kind
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from tael.web.backoffice.page import Staff

DIRECTIONS: Final[dict[str, _StrPromise]] = {
    "either": _("income or expense"),
    "in": _("income of the merchant"),
    "out": _("expense of the merchant"),
}


class KindForm(forms.Form):
    """A kind of business to be registered."""

    code = forms.CharField(
        label=_("Code"), help_text=_("Of a-z, 0-9, _ . and -; it never changes."), required=False
    )
    name_en = forms.CharField(label=_("Name on a bill, English"), required=False)
    name_hans = forms.CharField(label=_("Name on a bill, simplified Chinese"), required=False)
    name_hant = forms.CharField(label=_("Name on a bill, traditional Chinese"), required=False)
    unit = forms.CharField(
        label=_("Unit"),
        help_text=_("What its quantity counts, as min; empty where nothing is counted."),
        required=False,
    )
    direction = forms.ChoiceField(
        label=_("It is"), choices=list(DIRECTIONS.items()), required=False
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the kinds of business."""
    return _page(request, staff)


@page(may="settlement.terms", methods=("POST",))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Register a kind of business; the same one again changes its names."""
    sent = request.POST
    names = {"en": "name_en", "zh-hans": "name_hans", "zh-hant": "name_hant"}
    try:
        instruction = told(request, actor=staff.actor)
        made = add_kind(
            code=sent.get("code", "").strip(),
            names={language: sent.get(field, "").strip() for language, field in names.items()},
            unit=sent.get("unit", "").strip(),
            direction=_direction(sent.get("direction", "")),
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        if refusal.field and refusal.field.startswith("names."):
            refusal.field = {
                "names.en": "name_en",
                "names.zh-hans": "name_hans",
                "names.zh-hant": "name_hant",
            }[refusal.field]
        return _page(request, staff, refusal)
    messages.success(request, gettext("Kind %(code)s is registered.") % {"code": made.code})
    return see("settlement-kinds")


@page(may="settlement.terms", methods=("POST",))
def switch(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Let a kind be used for new records, or no longer."""
    on = request.POST.get("to") == "on"
    try:
        instruction = told(request, actor=staff.actor)
        switch_kind(code=code.replace("\0", ""), on=on, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _page(request, staff, refusal)
    said = gettext("Kind %(code)s is on.") if on else gettext("Kind %(code)s is off.")
    messages.success(request, said % {"code": code})
    return see("settlement-kinds")


def _direction(text: str) -> Direction:
    if text not in get_args(Direction):
        message = "direction is malformed."
        allowed = ", ".join(DIRECTIONS)
        raise RegistryMalformed(
            message, field="direction", there=ascii(text)[1:-1][:40], allowed=allowed
        )
    return cast("Direction", text)


def _page(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    rows = [(row, DIRECTIONS[row.direction]) for row in kinds()]
    facts = {"rows": rows, "form": KindForm(request.POST or None), "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/kinds.html", facts, staff=staff, status=status)


addresses: Final = [
    path("settlement/kinds", listed, name="settlement-kinds"),
    path("settlement/kinds/add", add, name="settlement-kind-add"),
    path("settlement/kinds/<str:code>/switch", switch, name="settlement-kind-switch"),
]
