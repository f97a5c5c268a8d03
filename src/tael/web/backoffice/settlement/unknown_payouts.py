"""Payouts whose outcome nobody knows: on the plan of asking, or for a person; and where the channels are asked.

Source: B-36; peers-settlement-invest A7, A19, A39; T9, T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.channels.queries import channels
from tael.refusal import Refusal
from tael.settlement.payouts.batch_search import UnknownWanted, unknown_rows, unknown_totals
from tael.settlement.payouts.inquiry_plan import PLAN
from tael.settlement.payouts.inquiry_search import contradictions, with_inquiries
from tael.settlement.payouts.status_service import (
    new_status_secret,
    set_status_service,
    status_services,
    stop_status_service,
)
from tael.wallet.serial_number import business_zone
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import form_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.settlement.payouts.status_service import StatusServiceSet
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = ("queue", "channel")
QUEUES: Final = {
    "asking": _("the channel is asked"),
    "person": _("a person has to find out"),
}
VERDICTS: Final = {
    "paid": _("paid"),
    "failed": _("failed"),
    "unknown": _("unknown"),
    "unanswered": _("no answer"),
    "refused": _("does not fit"),
    "agrees": _("agrees with what was decided"),
    "contradicts": _("contradicts what was decided"),
}


def wanted_of(asked: Asked) -> UnknownWanted:
    """Read the filter of the list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A7, A39.
    """
    return UnknownWanted(asked.word("queue", QUEUES) or "", asked.text("channel"))


@page(may="settlement.see")
def unknown(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the rows whose outcome nobody knows, newest first, with every time that the channel was asked."""
    asked = Asked(request.GET, FILTERS)
    at = now()
    facts: dict[str, Any] = {
        "asked": asked,
        "queues": QUEUES,
        "channels": channels(),
        "asks_most": len(PLAN),
        "today": at.astimezone(business_zone()).date(),
        "refusal": None,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        return _page(request, staff, "unknown_payouts", facts, refusal)
    rows = unknown_rows(wanted, before=before, limit=PAGE + 1)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": [
            {
                "seen": one.seen,
                "inquiry": one.inquiry,
                "queue_text": QUEUES.get(one.inquiry.state, ""),
                "days": (at - one.inquiry.opened_at).days,
                "asks": [(ask, VERDICTS[ask.verdict]) for ask in one.asks],
            }
            for one in with_inquiries(shown)
        ],
        "totals": unknown_totals(wanted) if shown else [],
        "contradictions": contradictions(),
        "next": asked.query(before=shown[-1].row.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return _page(request, staff, "unknown_payouts", facts)


@page(may="settlement.see")
def services(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show where each channel is asked what became of payouts."""
    return _services(request, staff)


@page(may="settlement.terms", methods=("POST",))
def address(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Say where a channel is asked, and show the secret, this once."""
    try:
        made = set_status_service(
            channel=code.replace("\0", ""),
            address=request.POST.get("address", "").strip(),
            actor=staff.actor,
            at=now(),
            key=form_key(request),
        )
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _services(request, staff, refusal)
    return _secret(request, staff, made)


@page(may="settlement.terms", methods=("POST",))
def secret(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Give a channel's service another secret and show it, this once."""
    try:
        made = new_status_secret(
            channel=code.replace("\0", ""), actor=staff.actor, at=now(), key=form_key(request)
        )
    except Refusal as refusal:
        return _services(request, staff, refusal)
    return _secret(request, staff, made)


@page(may="settlement.terms", methods=("POST",))
def stop(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Ask a channel no more."""
    form_key(request)
    try:
        stop_status_service(channel=code.replace("\0", ""), actor=staff.actor, at=now())
    except Refusal as refusal:
        return _services(request, staff, refusal)
    messages.success(request, gettext("The channel is not asked any more; people find out."))
    return see("settlement-status-services")


def _services(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    asked = {row.channel: row for row in status_services()}
    rows = [{"channel": one, "service": asked.get(one.identifier)} for one in channels()]
    return _page(request, staff, "status_services", {"rows": rows}, refusal)


def _secret(request: HttpRequest, staff: Staff, made: StatusServiceSet) -> HttpResponse:
    if not made.secret:
        messages.success(request, gettext("The address stands already; its secret stays."))
        return see("settlement-status-services")
    facts = {"service": made.service, "secret": made.secret}
    response = _page(request, staff, "status_secret", facts)
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest,
    staff: Staff,
    name: str,
    facts: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    status = 200 if refusal is None else STATUS[refusal.because]
    template = f"backoffice/settlement/{name}.html"
    return rendered(request, template, facts | {"refusal": refusal}, staff=staff, status=status)


_SERVICE: Final = "settlement/status-services"

addresses: Final = [
    path("settlement/batches/unknown", unknown, name="settlement-payouts-unknown"),
    path(_SERVICE, services, name="settlement-status-services"),
    path(f"{_SERVICE}/<str:code>/address", address, name="settlement-status-address"),
    path(f"{_SERVICE}/<str:code>/secret", secret, name="settlement-status-secret"),
    path(f"{_SERVICE}/<str:code>/stop", stop, name="settlement-status-stop"),
]
