"""Sources of business records: the business systems, registered and switched.

Source: B-14; peers-settlement-invest A1, A6.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.refusal import Refusal
from tael.settlement.registry import (
    RegistryMalformed,
    add_source,
    sources,
    switch_source,
)
from tael.wallet.serial_number import business_zone
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff


class SourceForm(forms.Form):
    """A source to be registered."""

    code = forms.CharField(
        label=_("Code"), help_text=_("Of a-z, 0-9, _ . and -; it never changes."), required=False
    )
    name = forms.CharField(label=_("Name"), required=False)
    zone = forms.CharField(
        label=_("Time zone of its days"), help_text=_("As Asia/Shanghai."), required=False
    )
    first_day = forms.CharField(
        label=_("Checked from"),
        help_text=_("From this day on it is checked that no record is missing."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the sources."""
    return _page(request, staff)


@page(may="settlement.terms", methods=("POST",))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Register a source."""
    sent = request.POST
    try:
        instruction = told(request, actor=staff.actor)
        made = add_source(
            code=sent.get("code", "").strip(),
            name=sent.get("name", ""),
            zone=sent.get("zone", "").strip(),
            first_day=_day(sent.get("first_day", "").strip()),
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return _page(request, staff, refusal)
    messages.success(request, gettext("Source %(code)s is registered.") % {"code": made.code})
    return see("settlement-sources")


@page(may="settlement.terms", methods=("POST",))
def switch(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Let a source bring new records, or no longer."""
    on = request.POST.get("to") == "on"
    try:
        instruction = told(request, actor=staff.actor)
        switch_source(code=code.replace("\0", ""), on=on, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _page(request, staff, refusal)
    said = gettext("Source %(code)s is on.") if on else gettext("Source %(code)s is off.")
    messages.success(request, said % {"code": code})
    return see("settlement-sources")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "first_day is malformed."
        raise RegistryMalformed(
            message,
            field="first_day",
            there=ascii(text)[1:-1][:40],
            allowed="a day, as 2026-03-01",
        ) from None


def _page(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    today = now().astimezone(business_zone()).date().isoformat()
    initial = {"zone": str(business_zone()), "first_day": today}
    form = SourceForm(request.POST or None, initial=initial)
    facts = {"rows": sources(), "form": form, "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/sources.html", facts, staff=staff, status=status
    )


addresses: Final = [
    path("settlement/sources", listed, name="settlement-sources"),
    path("settlement/sources/add", add, name="settlement-source-add"),
    path("settlement/sources/<str:code>/switch", switch, name="settlement-source-switch"),
]
