"""Exchange rates: those in force, how a pair's came to be, and a new one with the bound it must keep.

Source: F-12, F-37, E-05; I15; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.channels.queries import rate_history, rates
from tael.channels.rate import highest_allowed, set_rate
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.filtered_list import PAGE
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest, HttpResponse

    from tael.channels.rate import Rate
    from tael.web.backoffice.page import Staff


class RateForm(forms.Form):
    """A rate to be set from now on."""

    from_currency = forms.ChoiceField(label=_("One unit of"), required=False)
    to_currency = forms.ChoiceField(label=_("buys units of"), required=False)
    value = forms.CharField(
        label=_("Rate"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the currencies that are in use."""
        super().__init__(*given, **named)
        codes = [code for code, state in books.currencies().items() if state.enabled]
        for field in ("from_currency", "to_currency"):
            self.fields[field].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


@page(may="registries.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the rates in force; of a chosen pair also its history and the highest rate allowed."""
    asked = Asked(request.GET, ("from", "to", "before"))
    try:
        pair, before = (asked.currency("from"), asked.currency("to")), asked.number("before")
    except Refusal as refusal:
        return _shown(request, staff, ("", ""), RateForm(), refusal)
    initial = {"from_currency": pair[0], "to_currency": pair[1]}
    return _shown(request, staff, pair, RateForm(initial=initial), before=before)


@page(may="registries.change", methods=("POST",))
def change(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Set a rate from now on."""
    sent = request.POST
    pair = sent.get("from_currency", "")[:12], sent.get("to_currency", "")[:12]
    try:
        instruction = told(request, actor=staff.actor)
        set_rate(
            from_currency=pair[0],
            to_currency=pair[1],
            value=sent.get("value", "").strip(),
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return _shown(request, staff, pair, RateForm(sent), refusal)
    said = gettext("The rate from %(one)s to %(other)s is in force.")
    messages.success(request, said % {"one": pair[0], "other": pair[1]})
    response = see("rates")
    response["Location"] += "?" + _query(pair)
    return response


def _shown(
    request: HttpRequest,
    staff: Staff,
    pair: tuple[str, str],
    form: RateForm,
    refusal: Refusal | None = None,
    *,
    before: int | None = None,
) -> HttpResponse:
    known = books.currencies()
    chosen = all(code in known for code in pair) and pair[0] != pair[1]
    history: list[Rate] = []
    if chosen:
        history = rate_history(
            from_currency=pair[0], to_currency=pair[1], before=before, limit=PAGE + 1
        )
    more = len(history) > PAGE
    in_force = rates(at=now())
    names = actor_names(row.set_by for row in [*in_force, *history])
    bound = highest_allowed(pair[0], pair[1], now()) if chosen else None
    facts = {
        "rows": [_line(row, names) for row in in_force],
        "history": [_line(row, names) for row in history[:PAGE]],
        "pair": pair if chosen else None,
        "bound": None if bound is None else _plain(bound),
        "back": _in_force(in_force, pair[1], pair[0]) if chosen else None,
        "next": _query(pair, history[PAGE - 1].pk) if more else "",
        "first": before is not None,
        "first_address": f"?{_query(pair)}",
        "form": form,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/rates.html", facts, staff=staff, status=status)


def _query(pair: tuple[str, str], before: int | None = None) -> str:
    asked = {"from": pair[0], "to": pair[1]}
    return urlencode(asked if before is None else {**asked, "before": str(before)})


def _in_force(rows: list[Rate], one: str, other: str) -> str | None:
    found = (row for row in rows if (row.from_currency, row.to_currency) == (one, other))
    row = next(found, None)
    return None if row is None else _plain(row.value)


def _line(row: Rate, names: dict[str, str]) -> dict[str, Any]:
    return {
        "one": row.from_currency,
        "other": row.to_currency,
        "value": _plain(row.value),
        "valid_from": row.valid_from,
        "set_by": names.get(row.set_by, row.set_by),
    }


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


addresses: Final = [
    path("rates", listed, name="rates"),
    path("rates/change", change, name="rate-change"),
]
