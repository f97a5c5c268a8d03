"""Above which amounts an act takes two people: what is in force, and since when.

Source: I32; peers-settlement-invest A36, section 4.1 (maker-checker matrix).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.approvals.command import command_named, commands
from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal_search import approval_limit_history, approval_limits
from tael.money import Money, parse_amount
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.proposal_shown import TITLES
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.approvals.limit import ApprovalLimit
    from tael.web.backoffice.page import Staff


class LimitForm(forms.Form):
    """A limit of an act in a currency."""

    command = forms.ChoiceField(label=_("Act"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    amount = forms.CharField(
        label=_("More than this takes two people"),
        help_text=_("0 asks for two people every time. Left empty, one person is enough."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Offer the acts that can be proposed, and the currencies that are in use."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        acts = [(code, title_of(code)) for code in commands()]
        self.fields["command"].choices = acts  # type: ignore[attr-defined]
        codes = [code for code, state in books.currencies().items() if state.enabled]
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


def title_of(code: str) -> Any:
    """Name an act in the reader's language."""
    return TITLES.get(code) or command_named(code).title


@page(may="proposals.see")
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
        code = request.POST.get("command", "")
        set_approval_limit(
            command=code,
            currency=unit.code,
            amount=amount,
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return _shown(request, staff, LimitForm(request.POST), refusal)
    messages.success(request, gettext("The limit for %(code)s is in force.") % {"code": unit.code})
    return see("approval-limits")


def _shown(
    request: HttpRequest, staff: Staff, form: LimitForm, refusal: Refusal | None = None
) -> HttpResponse:
    rows = approval_limits()
    asked = request.GET.get("command", ""), request.GET.get("currency", "")
    known = asked[0] in commands() and asked[1] in books.currencies()
    history = approval_limit_history(command=asked[0], currency=asked[1]) if known else []
    names = actor_names(row.set_by for row in [*rows, *history])
    facts = {
        "rows": [_line(row, names) for row in rows],
        "history": [_line(row, names) for row in history],
        "form": form,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/approval_limits.html", facts, staff=staff, status=status)


def _line(row: ApprovalLimit, names: dict[str, str]) -> dict[str, object]:
    unit = books.currencies()[row.currency].currency
    return {
        "command": row.command,
        "title": title_of(row.command),
        "currency": unit.code,
        "amount": None if row.amount is None else Money(row.amount, unit),
        "set_at": row.set_at,
        "set_by": names.get(row.set_by, row.set_by),
    }


addresses: Final = [
    path("approval-limits", listed, name="approval-limits"),
    path("approval-limits/change", change, name="approval-limit-change"),
]
