"""Business calendars: holidays, and weekends on which business is done (調休).

Source: peers-settlement-invest A9.
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
from tael.settlement.accounts.calendar import calendars, exceptions, set_calendar_day
from tael.settlement.registry import RegistryMalformed
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

USUAL: Final = "default"


class DayForm(forms.Form):
    """A day that is an exception."""

    calendar = forms.CharField(
        label=_("Calendar"), help_text=_("One that is not there yet begins so."), required=False
    )
    day = forms.CharField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    business = forms.ChoiceField(
        label=_("On it"),
        choices=[("no", _("no business is done (holiday)")), ("yes", _("business is done"))],
        required=False,
    )
    name = forms.CharField(label=_("Name of the day"), required=False)


@page(may="settlement.see")
def shown(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the exceptions of a calendar."""
    return _page(request, staff)


@page(may="settlement.terms", methods=("POST",))
def set_day(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Say of a day whether business is done on it."""
    sent = request.POST
    try:
        instruction = told(request, actor=staff.actor)
        entered = set_calendar_day(
            calendar=sent.get("calendar", ""),
            day=_day(sent.get("day", "").strip()),
            business=sent.get("business") == "yes",
            name=sent.get("name", ""),
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return _page(request, staff, refusal)
    messages.success(request, gettext("%(day)s is set.") % {"day": entered.day.isoformat()})
    response = see("settlement-calendar")
    if entered.calendar != USUAL:
        query = Asked({"calendar": entered.calendar}, ("calendar",)).query()
        response["Location"] += f"?{query}"
    return response


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "day is malformed."
        raise RegistryMalformed(
            message, field="day", there=ascii(text)[1:-1][:40], allowed="a day, as 2026-03-01"
        ) from None


def _page(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    asked = Asked(request.GET, ("calendar",)).text("calendar") or USUAL
    since = date(now().year - 1, 1, 1)
    facts = {
        "calendar": asked,
        "calendars": sorted({USUAL, *calendars()}),
        "rows": [row for row in exceptions(asked) if row.day >= since],
        "since": since,
        "form": DayForm(request.POST or None, initial={"calendar": asked}),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/calendar.html", facts, staff=staff, status=status
    )


addresses: Final = [
    path("settlement/calendar", shown, name="settlement-calendar"),
    path("settlement/calendar/set", set_day, name="settlement-calendar-set"),
]
