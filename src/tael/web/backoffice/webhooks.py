"""Webhooks: the programs that are told of what happens, every delivery to them, and every attempt of each.

Source: architecture, section 5 (webhooks); peers-settlement-invest, section 4.1; reliability T9, T24, T25.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.outbox import queries
from tael.outbox.delivery import resend
from tael.outbox.endpoint import (
    DESCRIPTION_MAX,
    REASON_MAX,
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
)
from tael.outbox.event_types import EVENT_TYPES
from tael.outbox.rotation import OVERLAP_HOURS, OVERLAP_HOURS_MAX, OverlapMalformed, rotate_secret
from tael.outbox.trial import TRIAL, send_trial
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.filtered_list import PAGE, choice_field, list_facts, list_page
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import form_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.outbox.endpoint import NewEndpoint
    from tael.outbox.queries import Delivery
    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

STATES: Final = {
    "waiting": _("Waiting"),
    "delivered": _("Delivered"),
    "given_up": _("Given up"),
    "dropped": _("Dropped"),
}
TONES: Final = {
    "waiting": "badge-warning",
    "delivered": "badge-success",
    "given_up": "badge-error",
    "dropped": "badge-ghost",
}
KINDS: Final = (*EVENT_TYPES, TRIAL)


class ChangeForm(forms.Form):
    """How an endpoint is described."""

    description = forms.CharField(
        label=_("Description"), max_length=DESCRIPTION_MAX, required=False
    )


class EndpointForm(ChangeForm):
    """Who is to be told."""

    url = forms.CharField(
        label=_("Address"),
        required=False,
        help_text=_("https, and reachable from the internet."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    field_order = ("url", "description")


@page(may="webhooks.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the endpoints and the newest deliveries, to all or to one of them."""
    endpoints = queries.endpoints()
    numbers = [str(line.endpoint.pk) for line in endpoints]
    fields = {
        "endpoint": choice_field(_("Endpoint"), [(number, number) for number in numbers]),
        "state": choice_field(_("State"), STATES.items()),
        "event": choice_field(_("Event"), [(kind, kind) for kind in KINDS]),
    }
    facts = list_facts(
        request.GET, fields, read=_read, shown=lambda rows: [_shown(row) for row in rows]
    )
    return list_page(request, staff, "backoffice/webhooks.html", facts | {"endpoints": endpoints})


def _read(asked: Asked, before: int | None) -> list[Delivery]:
    return queries.deliveries(
        endpoint=asked.number("endpoint"),
        state=asked.word("state", STATES) or "",
        event_type=asked.word("event", KINDS) or "",
        before=before,
        limit=PAGE + 1,
    ).deliveries


@page(may="webhooks.change", methods=("GET", "POST"))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Add an endpoint and show its secret, this once."""
    if request.method != "POST":
        shown = {"form": EndpointForm(), "events": _events([])}
        return rendered(request, "backoffice/webhook_add.html", shown, staff=staff)
    form = EndpointForm(request.POST)
    try:
        new = add_endpoint(
            url=request.POST.get("url", "").strip(),
            description=request.POST.get("description", "").strip(),
            event_types=request.POST.getlist("event_types"),
            actor=staff.actor,
            at=now(),
            key=form_key(request),
        )
    except Refusal as refusal:
        chosen = request.POST.getlist("event_types")
        facts = {"form": form, "events": _events(chosen), "refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/webhook_add.html", facts, staff=staff, status=status)
    return _secret(request, staff, new)


@page(may="webhooks.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show an endpoint."""
    return _endpoint(request, staff, number)


@page(may="webhooks.change", methods=("POST",))
def switch(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Switch an endpoint off or on."""
    act: dict[str, Any] = {"number": number, "actor": staff.actor, "at": now()}
    try:
        if request.POST.get("to") == "on":
            enable_endpoint(**act)
            messages.success(request, gettext("The endpoint is told again of what happens now."))
        else:
            disable_endpoint(**act, reason=request.POST.get("reason", "").strip())
            messages.success(request, gettext("Nothing more is sent to the endpoint."))
    except Refusal as refusal:
        return _endpoint(request, staff, number, refusal)
    return see("webhook", number=number)


@page(may="webhooks.change", methods=("POST",))
def change(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Change of what an endpoint is told, and how it is described."""
    try:
        change_endpoint(
            number=number,
            event_types=request.POST.getlist("event_types"),
            description=request.POST.get("description", "").strip(),
            actor=staff.actor,
            at=now(),
        )
    except Refusal as refusal:
        return _endpoint(request, staff, number, refusal, request.POST)
    messages.success(request, gettext("The change counts from the next event on."))
    return see("webhook", number=number)


@page(may="webhooks.change", methods=("POST",))
def rotate(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give an endpoint another secret and show it, this once."""
    try:
        new = rotate_secret(
            number=number,
            overlap_hours=_hours(request.POST.get("overlap_hours", "")),
            actor=staff.actor,
            at=now(),
            key=form_key(request),
        )
    except Refusal as refusal:
        return _endpoint(request, staff, number, refusal)
    return _secret(request, staff, new)


@page(may="webhooks.change", methods=("POST",))
def trial(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Send an endpoint a test event."""
    try:
        sent = send_trial(number=number, actor=staff.actor, at=now(), key=form_key(request))
    except Refusal as refusal:
        return _endpoint(request, staff, number, refusal)
    messages.success(request, gettext("The test event is sent within seconds."))
    return see("webhook-delivery", number=sent.pk)


@page(may="webhooks.see")
def delivered(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show a delivery with every attempt."""
    return _delivery(request, staff, number)


@page(may="webhooks.change", methods=("POST",))
def again(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Send a delivery again."""
    try:
        resend(delivery=number, actor=staff.actor, at=now(), key=form_key(request))
    except Refusal as refusal:
        return _delivery(request, staff, number, refusal)
    messages.success(request, gettext("It is sent again within seconds."))
    return see("webhook-delivery", number=number)


def _events(chosen: list[str]) -> list[tuple[str, bool]]:
    return [(name, name in chosen) for name in EVENT_TYPES]


def _hours(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise OverlapMalformed(
            "This is no number of hours.",
            field="overlap_hours",
            there=text[:20],
            allowed=f"0 to {OVERLAP_HOURS_MAX}",
        )
    return int(text)


def _secret(request: HttpRequest, staff: Staff, new: NewEndpoint) -> HttpResponse:
    facts = {"endpoint": new.endpoint, "secret": new.secret}
    response = rendered(request, "backoffice/webhook_secret.html", facts, staff=staff)
    response["Cache-Control"] = "no-store"
    return response


def _endpoint(
    request: HttpRequest,
    staff: Staff,
    number: int,
    refusal: Refusal | None = None,
    typed: QueryDict | None = None,
) -> HttpResponse:
    found = queries.endpoint(number)
    form = ChangeForm(typed or {"description": found.description})
    chosen = found.event_types if typed is None else typed.getlist("event_types")
    names = actor_names([found.added_by, found.disabled_by])
    facts = {
        "endpoint": found,
        "added_by": names.get(found.added_by, found.added_by),
        "disabled_by": names.get(found.disabled_by, found.disabled_by),
        "reason_max": REASON_MAX,
        "form": form,
        "events": _events(chosen),
        "hours": request.POST.get("overlap_hours", OVERLAP_HOURS),
        "hours_max": OVERLAP_HOURS_MAX,
        "both_sign": found.old_until is not None and found.old_until > now(),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/webhook.html", facts, staff=staff, status=status)


def _delivery(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    found = queries.delivery(number)
    facts = {
        "delivery": _shown(found),
        "attempts": queries.attempts_of(found),
        "payload": json.dumps(json.loads(found.event.payload), ensure_ascii=False, indent=2),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/webhook_delivery.html", facts, staff=staff, status=status)


def _shown(row: Delivery) -> dict[str, Any]:
    return {"row": row, "state": STATES[row.state], "tone": TONES[row.state]}


addresses: Final = [
    path("webhooks", listed, name="webhooks"),
    path("webhooks/add", add, name="webhook-add"),
    path("webhooks/<number:number>", one, name="webhook"),
    path("webhooks/<number:number>/switch", switch, name="webhook-switch"),
    path("webhooks/<number:number>/change", change, name="webhook-change"),
    path("webhooks/<number:number>/rotate", rotate, name="webhook-rotate"),
    path("webhooks/<number:number>/test", trial, name="webhook-test"),
    path("webhooks/deliveries/<number:number>", delivered, name="webhook-delivery"),
    path("webhooks/deliveries/<number:number>/resend", again, name="webhook-resend"),
]
