"""Above which amounts a withdrawal takes two people: what is in force, and since when.

Source: I32; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import Money, parse_amount
from tael.parties.audit_search import actor_names
from tael.payouts.check_limit import set_check_limit
from tael.payouts.queries import check_limit_history, check_limits
from tael.refusal import Refusal
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.payouts.check_limit import CheckLimit
    from tael.web.backoffice.page import Staff


class LimitForm(forms.Form):
    """A limit for a currency."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    amount = forms.CharField(
        label=_("More than this takes two people"),
        help_text=_("0 asks for two people every time. Left empty, one person is enough."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Offer the currencies that are in use."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        codes = [code for code, state in books.currencies().items() if state.enabled]
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


@page(may="registries.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the limits in force and how one of them came to be."""
    return _shown(request, staff, LimitForm())


@page(may="registries.change", methods=("POST",))
def change(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Set or lift a limit."""
    try:
        instruction = told(request, actor=staff.actor)
        unit = books.currency(request.POST.get("currency", ""))
        typed = request.POST.get("amount", "").strip()
        amount = parse_amount(typed, unit, allow_zero=True) if typed else None
        set_check_limit(currency=unit.code, amount=amount, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, LimitForm(request.POST), refusal)
    messages.success(request, gettext("The limit for %(code)s is in force.") % {"code": unit.code})
    return see("check-limits")


def _shown(
    request: HttpRequest, staff: Staff, form: LimitForm, refusal: Refusal | None = None
) -> HttpResponse:
    rows = check_limits()
    looked_at = request.GET.get("currency", "")
    looked_at = looked_at if looked_at in books.currencies() else ""
    history = check_limit_history(currency=looked_at) if looked_at else []
    names = actor_names(row.set_by for row in [*rows, *history])

    facts = {
        "rows": [_line(row, names) for row in rows],
        "history": [_line(row, names) for row in history],
        "looked_at": looked_at,
        "form": form,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/check_limits.html", facts, staff=staff, status=status)


def _line(row: CheckLimit, names: dict[str, str]) -> dict[str, object]:
    unit = books.currencies()[row.currency].currency
    return {
        "currency": unit.code,
        "amount": None if row.amount is None else Money(row.amount, unit),
        "set_at": row.set_at,
        "set_by": names.get(row.set_by, row.set_by),
    }


addresses: Final = [
    path("check-limits", listed, name="check-limits"),
    path("check-limits/change", change, name="check-limit-change"),
]
