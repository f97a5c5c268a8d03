"""The months of the books: which are closed and by whom, what customers owned, and the closing of one.

Source: I35; B-28; peers-ledger, section 3 (period close).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.urls import path, register_converter
from django.utils.translation import gettext

from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.wallet.period import Month, close_month, parse_month
from tael.wallet.period_list import period, periods
from tael.wallet.serial_number import business_zone
from tael.wallet.soft_close import reopen_month, soft_close_month
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.period_list import Period
    from tael.web.backoffice.page import Staff

PAGE: Final = 24


class MonthWord:
    """How a month stands in an address: 2026-10."""

    regex = "[12][0-9]{3}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """Read it."""
        return parse_month(value)

    def to_url(self, value: Month) -> str:
        """Write it."""
        return str(value)


@page(may="periods.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the months, newest first."""
    before = request.GET.get("before", "")
    found = periods(at=now(), before=parse_month(before) if before else None, limit=PAGE + 1)
    shown = found[:PAGE]
    names = actor_names(each.closed.by for each in shown if each.closed)
    facts = {
        "periods": [(each, _closer(each, names)) for each in shown],
        "first": bool(before),
        "next": f"before={shown[-1].month}" if len(found) > PAGE else "",
        "zone": str(business_zone()),
    }
    return rendered(request, "backoffice/periods.html", facts, staff=staff)


@page(may="periods.see")
def one(request: HttpRequest, staff: Staff, month: Month) -> HttpResponse:
    """Show one month, with the form that closes it."""
    return _shown(request, staff, month)


@page(may="periods.close", methods=("POST",))
def close(request: HttpRequest, staff: Staff, month: Month) -> HttpResponse:
    """Close a month and all before it."""
    try:
        instruction = told(request, actor=staff.actor)
        if period(month, at=instruction.at).state == "closed":  # a second click: it stands so
            messages.info(request, gettext("The month was closed already; nothing has changed."))
            return see("period", month=month)
        close_month(month=month, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, month, refusal)
    messages.success(request, gettext("The month %(month)s is closed.") % {"month": month})
    return see("period", month=month)


@page(may="periods.close", methods=("POST",))
def soft_close(request: HttpRequest, staff: Staff, month: Month) -> HttpResponse:
    """Begin to close a month and all before it."""
    try:
        instruction = told(request, actor=staff.actor)
        soft_close_month(month=month, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, month, refusal)
    said = gettext("The month %(month)s is being closed.") % {"month": month}
    messages.success(request, said)
    return see("period", month=month)


@page(may="periods.close", methods=("POST",))
def reopen(request: HttpRequest, staff: Staff, month: Month) -> HttpResponse:
    """Open a month again that is being closed."""
    try:
        instruction = told(request, actor=staff.actor)
        if period(month, at=instruction.at).state != "open":  # a second click: it stands so
            reason = request.POST.get("reason", "")
            reopen_month(month=month, reason=reason, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, month, refusal)
    messages.success(request, gettext("The month %(month)s is open again.") % {"month": month})
    return see("period", month=month)


def _shown(
    request: HttpRequest, staff: Staff, month: Month, refusal: Refusal | None = None
) -> HttpResponse:
    found = period(month, at=now())
    facts = {
        "period": found,
        "closer": _closer(found, actor_names([found.closed.by] if found.closed else [])),
        "zone": str(business_zone()),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/period.html", facts, staff=staff, status=status)


def _closer(found: Period, names: dict[str, str]) -> str:
    return names.get(found.closed.by, found.closed.by) if found.closed else ""


register_converter(MonthWord, "month")
addresses: Final = [
    path("periods", listed, name="periods"),
    path("periods/<month:month>", one, name="period"),
    path("periods/<month:month>/close", close, name="period-close"),
    path("periods/<month:month>/soft-close", soft_close, name="period-soft-close"),
    path("periods/<month:month>/reopen", reopen, name="period-reopen"),
]
