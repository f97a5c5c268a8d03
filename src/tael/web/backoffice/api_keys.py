"""API keys: made with their text shown once, listed with what they may do, revoked.

Source: architecture, section 5; reliability T14, T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties.api_key import create_api_key, revoke_api_key
from tael.parties.audit_search import actor_names
from tael.parties.customer import UnknownCustomer
from tael.parties.queries import api_keys
from tael.parties.scopes import SCOPES
from tael.refusal import Refusal
from tael.web.backoffice.acted import see
from tael.web.backoffice.filtered_list import PAGE, list_facts, list_page
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.api_key import NewApiKey
    from tael.web.backoffice.page import Staff


class KeyForm(forms.Form):
    """A key to be made."""

    name = forms.CharField(
        label=_("Name"), help_text=_("Which program has it, and where."), required=False
    )
    customer = forms.CharField(
        label=_("Bound to the customer"),
        help_text=_("Empty: the key may act for every customer."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


@page(may="keys.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the keys, oldest first."""
    facts = list_facts(
        request.GET,
        {},
        read=lambda _asked, before: api_keys(after=before, limit=PAGE + 1),
        shown=_lines,
    )
    return list_page(request, staff, "backoffice/api_keys.html", facts)


def _lines(rows: list[Any]) -> list[dict[str, Any]]:
    names = actor_names(row.created_by for row in rows)
    return [_line(row, names) for row in rows]


@page(may="keys.change", methods=("GET", "POST"))
def create(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Make a key and show its text, this once."""
    refusal = None
    if request.method == "POST":
        try:
            made = _create(request, staff)
        except Refusal as error:
            refusal = error
        else:
            facts = {"key": _line(made.key, {}), "text": made.text}
            response = rendered(request, "backoffice/api_key_made.html", facts, staff=staff)
            response["Cache-Control"] = "no-store"
            return response
    chosen = set(request.POST.getlist("scopes"))
    shown: dict[str, Any] = {
        "form": KeyForm(request.POST or None),
        "scopes": [(name, gettext(what), name in chosen) for name, what in SCOPES.items()],
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/api_key_create.html", shown, staff=staff, status=status)


@page(may="keys.change", methods=("POST",))
def revoke(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make a key worthless from the next request on."""
    instruction = told(request, actor=staff.actor)
    revoke_api_key(number=number, actor=staff.actor, at=instruction.at)
    messages.success(request, gettext("Key %(number)s is revoked.") % {"number": number})
    return see("api-keys")


def _create(request: HttpRequest, staff: Staff) -> NewApiKey:
    instruction = told(request, actor=staff.actor)
    typed = request.POST.get("customer", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        message = "This is no customer's number."
        raise UnknownCustomer(message, field="customer", there=typed[:32])
    return create_api_key(
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scopes"),
        customer=int(typed) if typed else None,
        actor=staff.actor,
        at=instruction.at,
        request=instruction.key,
    )


def _line(row: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "customer": row.customer_id,
        "created_at": row.created_at,
        "created_by": names.get(row.created_by, row.created_by),
        "revoked_at": row.revoked_at,
    }


addresses: Final = [
    path("api-keys", listed, name="api-keys"),
    path("api-keys/create", create, name="api-key-create"),
    path("api-keys/<number:number>/revoke", revoke, name="api-key-revoke"),
]
