"""Remittances (打款記錄): what merchants say they have paid is confirmed, and what the platform paid is declared.

Source: B-24, B-30 to B-32, E-14; SM-05; peers-settlement-invest A14, section 4.1; T9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.channels.queries import channels
from tael.money import parse_amount
from tael.parties.person import is_customer
from tael.parties.queries import customer_names
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import amounts_now, merchant_account
from tael.settlement.remittances.paid_on import parse_paid_on
from tael.settlement.remittances.remittance import (
    confirm_remittance,
    declare_remittance,
    dispute_remittance,
    remittance,
    withdraw_remittance,
)
from tael.settlement.remittances.remittance_search import (
    RemittancesWanted,
    remittance_totals,
    remittances,
    remittances_waiting,
    view_of,
)
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.bank_shown import shown_proof
from tael.web.backoffice.settlement.steps import steps_of
from tael.web.look.asked import Asked
from tael.web.look.forms import told
from tael.web.look.outside_channels import channel_choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.settlement.remittances.remittance import Remitted
    from tael.settlement.remittances.remittance_search import RemittanceView
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
CHANNEL: Final = "Admin"
FILTERS: Final = (
    "account",
    "merchant",
    "payer",
    "state",
    "currency",
    "least",
    "most",
    "channel",
    "flow_number",
    "since",
    "until",
)
STATES: Final = {
    "declared": pgettext_lazy("remittance", "to be confirmed"),
    "confirmed": _("confirmed"),
    "disputed": _("disputed"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
}
TONES: Final = {
    "declared": "pending",
    "confirmed": "success",
    "disputed": "rejected",
    "withdrawn": "cancelled",
    "expired": "expired",
}
"""As which state of `tael.web.look.tones` each is drawn: these words stand for other things there."""
PAYERS: Final = {"merchant": _("the merchant"), "platform": _("the platform")}
STEPS: Final = {
    "remittance.declare": _("Declared"),
    "remittance.confirm": _("Receipt confirmed"),
    "remittance.dispute": _("Disputed"),
    "remittance.withdraw": _("Withdrawn by the declarer"),
    "remittance.expire": _("Expired"),
}


class DeclareForm(forms.Form):
    """A payment that the platform has made to a merchant."""

    account = forms.CharField(
        label=_("Merchant account"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    amount = forms.CharField(
        label=_("Amount"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    flow_number = forms.CharField(
        label=_("Payment flow number"),
        help_text=_("The bank's own number of the payment."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 64, "autocomplete": "off"}),
    )
    paid_on = forms.CharField(
        label=_("Paid on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.TextInput(attrs={"maxlength": 500})
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Offer the channels that are in use."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["channel"].choices = channel_choices()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a remittance is disputed."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The merchant reads it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


def wanted_of(asked: Asked) -> RemittancesWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-14; A39.
    """
    currency = asked.currency()
    return RemittancesWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        payer=asked.word("payer", PAYERS) or "",
        state=asked.word("state", STATES) or "",
        currency=currency,
        channel=asked.text("channel"),
        flow_number=asked.text("flow_number"),
        since=asked.day("since"),
        until=asked.day("until"),
        least=asked.minor("least", currency),
        most=asked.minor("most", currency),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List remittances, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "channels": channels(),
        "states": STATES,
        "payers": PAYERS,
        "waiting": remittances_waiting(payer="merchant"),
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(
            request, "backoffice/settlement/remittances.html", facts, staff=staff, status=status
        )
    rows = remittances(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    names = customer_names(view.account.owner for view in shown)
    facts |= {
        "rows": [_line(view, names) for view in shown],
        "totals": remittance_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].row.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return rendered(request, "backoffice/settlement/remittances.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one remittance with its history, and what can be done about it."""
    return _shown(request, staff, number)


@page(may="remittances.handle", methods=("GET", "POST"))
def declare(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Say that the platform has paid a merchant."""
    if request.method != "POST":
        form = DeclareForm(initial={"account": request.GET.get("account", "")[:18]})
        return _declaring(request, staff, form)
    try:
        typed = Asked(request.POST, ("account",))
        account = merchant_account(typed.number("account") or 0)
        done = declare_remittance(
            account=account,
            side="platform",
            amount=parse_amount(request.POST.get("amount", "").strip(), account.currency),
            channel=request.POST.get("channel", ""),
            flow_number=request.POST.get("flow_number", ""),
            paid_on=parse_paid_on(request.POST.get("paid_on", "")),
            note=request.POST.get("note", ""),
            instruction=_instruction(request, staff),
        )
    except Refusal as refusal:
        return _declaring(request, staff, DeclareForm(request.POST), refusal)
    messages.success(request, gettext("It is declared; the merchant is asked to confirm it."))
    return see("settlement-remittance", number=done.remittance.pk)


@page(may="remittances.handle", methods=("POST",))
def confirm(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Confirm that a merchant's payment has come."""

    def act() -> Remitted:
        return confirm_remittance(
            number=number, side="platform", instruction=_instruction(request, staff)
        )

    return _acted(request, staff, number, act)


@page(may="remittances.handle", methods=("POST",))
def dispute(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that a merchant's payment has not come."""

    def act() -> Remitted:
        return dispute_remittance(
            number=number,
            side="platform",
            reason=" ".join(request.POST.get("reason", "").split()),
            instruction=_instruction(request, staff),
        )

    return _acted(request, staff, number, act)


@page(may="remittances.handle", methods=("POST",))
def withdraw(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take back what the platform has declared."""

    def act() -> Remitted:
        return withdraw_remittance(
            number=number, side="platform", instruction=_instruction(request, staff)
        )

    return _acted(request, staff, number, act)


def _line(view: RemittanceView, names: dict[int, str]) -> dict[str, Any]:
    return {
        "view": view,
        "merchant": names.get(view.account.owner, ""),
        "state_text": STATES[view.row.state],
        "tone": TONES[view.row.state],
        "payer_text": PAYERS[view.row.payer],
    }


def _acted(
    request: HttpRequest, staff: Staff, number: int, act: Callable[[], Remitted]
) -> HttpResponse:
    try:
        done = act()
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    said = {
        "confirmed": gettext("The receipt is confirmed; the merchant's account has moved."),
        "disputed": gettext("It is disputed; no account has moved."),
        "withdrawn": gettext("It is withdrawn; no account has moved."),
    }
    messages.success(request, said[done.remittance.state])
    return see("settlement-remittance", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    view = view_of(remittance(number))
    mine = view.row.declared_by == staff.actor or is_customer(staff.actor, view.account.owner)
    facts = {
        **_line(view, customer_names([view.account.owner])),
        "balance": amounts_now([view.account])[view.account.number],
        "mine": mine,
        "steps": steps_of(f"remittance:{number}", STEPS),
        "proof": shown_proof("remittance", number, view.row.flow_number, staff),
        "reason": ReasonForm(request.POST or None),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/remittance.html", facts, staff=staff, status=status
    )


def _declaring(
    request: HttpRequest, staff: Staff, form: DeclareForm, refusal: Refusal | None = None
) -> HttpResponse:
    status = 200 if refusal is None else STATUS[refusal.because]
    facts = {"form": form, "refusal": refusal}
    return rendered(
        request, "backoffice/settlement/remittance_declare.html", facts, staff=staff, status=status
    )


def _instruction(request: HttpRequest, staff: Staff) -> Instruction:
    return told(request, actor=staff.actor, channel=CHANNEL, code="AdminRemittance")


addresses: Final = [
    path("settlement/remittances", listed, name="settlement-remittances"),
    path("settlement/remittances/declare", declare, name="settlement-remittance-declare"),
    path("settlement/remittances/<number:number>", one, name="settlement-remittance"),
    path(
        "settlement/remittances/<number:number>/confirm",
        confirm,
        name="settlement-remittance-confirm",
    ),
    path(
        "settlement/remittances/<number:number>/dispute",
        dispute,
        name="settlement-remittance-dispute",
    ),
    path(
        "settlement/remittances/<number:number>/withdraw",
        withdraw,
        name="settlement-remittance-withdraw",
    ),
]
