"""A merchant's remittances (打款記錄): what he has paid, what the platform says it has paid him, and his answer.

Source: B-24, B-30 to B-32, E-14; SM-05; peers-settlement-invest A14, section 4.2; T9, T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.money import parse_amount
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import amounts_now
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
from tael.web.look.asked import Asked
from tael.web.look.forms import told
from tael.web.look.outside_channels import INTERNAL, channel_choices
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.merchant.own import own_account, own_accounts
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.steps import see_other

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.remittances.remittance import Remitted
    from tael.settlement.remittances.remittance_search import RemittanceView
    from tael.web.portal.page import Visitor

STATES: Final = {
    "declared": _("to be confirmed"),
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
"""As which state of `tael.web.look.tones` each is drawn."""


class DeclareForm(forms.Form):
    """A payment that the merchant has made to the platform."""

    account = forms.ChoiceField(label=_("Merchant account"), required=False)
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

    def __init__(self, visitor: Visitor, *given: object, **named: object) -> None:
        """Offer the merchant's own accounts, and the channels over which money comes in."""
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        own = [
            (str(view.number), f"{view.number} {view.account.currency.code} ({view.amount})")
            for view in own_accounts(visitor)
        ]
        self.fields["account"].choices = own  # type: ignore[attr-defined]
        self.fields["channel"].choices = channel_choices()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a payment of the platform is disputed."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


def wanted_of(request: HttpRequest, visitor: Visitor) -> RemittancesWanted:
    """Read the filter of the list: the merchant's own remittances, of one state or of all.

    Raises:
        FilterMalformed: there is no such state.

    Source: E-14; reliability T14.
    """
    state = Asked(request.GET, ("state",)).word("state", STATES) or ""
    return RemittancesWanted(owner=visitor.customer, state=state)


@page()
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the merchant's remittances, newest first; what waits for him is said first."""

    def found() -> dict[str, Any]:
        before = before_of(request)
        wanted = wanted_of(request, visitor)
        listed = paged(
            lambda limit: remittances(wanted, limit=limit, before=before),
            place=lambda view: int(view.row.pk),
            state=wanted.state,
        )
        return {
            "rows": [_line(view) for view in listed.rows],
            "next": listed.next,
            "query": f"state={wanted.state}",
            "totals": remittance_totals(wanted) if listed.rows else [],
            "not_first": before is not None,
        }

    facts = {
        "merchant": bool(own_accounts(visitor)),
        "waiting": remittances_waiting(payer="platform", owner=visitor.customer),
        "state": Asked(request.GET, ("state",))["state"],
        "states": STATES,
    }
    return list_page(request, visitor, "portal/merchant/remittances.html", facts, found)


@page()
def one(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one of the merchant's remittances, and what he can say about it."""
    return _shown(request, visitor, number)


@page(methods=("GET", "POST"))
def declare(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say that the merchant has paid the platform."""
    if request.method != "POST":
        return _declaring(request, visitor, DeclareForm(visitor))
    try:
        account = _account(request, visitor)
        done = declare_remittance(
            account=account,
            side="merchant",
            amount=parse_amount(request.POST.get("amount", "").strip(), account.currency),
            channel=_channel(request),
            flow_number=request.POST.get("flow_number", ""),
            paid_on=parse_paid_on(request.POST.get("paid_on", "")),
            note=request.POST.get("note", ""),
            instruction=_instruction(request, visitor),
        )
    except Refusal as refusal:
        return _declaring(request, visitor, DeclareForm(visitor, request.POST), refusal)
    messages.success(request, gettext("It is declared; the platform is asked to confirm it."))
    return see_other(reverse("portal:merchant-remittance", args=[done.remittance.pk]))


@page(methods=("POST",))
def confirm(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Confirm that a payment of the platform has come."""
    return _acted(
        request,
        visitor,
        number,
        lambda: confirm_remittance(
            number=number,
            side="merchant",
            owner=visitor.customer,
            instruction=_instruction(request, visitor),
        ),
    )


@page(methods=("POST",))
def dispute(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Say that a payment of the platform has not come."""
    return _acted(
        request,
        visitor,
        number,
        lambda: dispute_remittance(
            number=number,
            side="merchant",
            owner=visitor.customer,
            reason=" ".join(request.POST.get("reason", "").split()),
            instruction=_instruction(request, visitor),
        ),
    )


@page(methods=("POST",))
def withdraw(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Take back what the merchant has declared."""
    return _acted(
        request,
        visitor,
        number,
        lambda: withdraw_remittance(
            number=number,
            side="merchant",
            owner=visitor.customer,
            instruction=_instruction(request, visitor),
        ),
    )


def _acted(
    request: HttpRequest, visitor: Visitor, number: int, act: Callable[[], Remitted]
) -> HttpResponse:
    remittance(number, owner=visitor.customer)  # another's is answered as what is not there
    try:
        done = act()
    except Refusal as refusal:
        return _shown(request, visitor, number, refusal)
    said = {
        "confirmed": gettext("The receipt is confirmed; your account has moved."),
        "disputed": gettext("It is disputed; your account has not moved."),
        "withdrawn": gettext("It is withdrawn; your account has not moved."),
    }
    messages.success(request, said[done.remittance.state])
    return see_other(reverse("portal:merchant-remittance", args=[number]))


def _shown(
    request: HttpRequest, visitor: Visitor, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    view = view_of(remittance(number, owner=visitor.customer))
    facts = {
        **_line(view),
        "balance": amounts_now([view.account])[view.account.number],
        "form": ReasonForm(request.POST or None),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "portal/merchant/remittance.html", facts, visitor=visitor, status=status
    )


def _line(view: RemittanceView) -> dict[str, Any]:
    return {
        "view": view,
        "state_text": STATES[view.row.state],
        "tone": TONES[view.row.state],
        "for_me": view.row.state == "declared" and view.row.payer == "platform",
    }


def _declaring(
    request: HttpRequest, visitor: Visitor, form: DeclareForm, refusal: Refusal | None = None
) -> HttpResponse:
    facts = {
        "merchant": bool(own_accounts(visitor)),
        "form": form,
        "refusal": refusal,
        "refusal_elsewhere": refusal is not None and refusal.field not in form.fields,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "portal/merchant/remittance_declare.html", facts, visitor=visitor, status=status
    )


def _account(request: HttpRequest, visitor: Visitor) -> MerchantAccount:
    typed = request.POST.get("account", "")
    plain = typed.isascii() and typed.isdigit() and len(typed) < 19
    return own_account(visitor, int(typed) if plain else 0)


def _channel(request: HttpRequest) -> str:
    """Give the channel that was chosen; the house's own ones are none for a customer."""
    typed = request.POST.get("channel", "")
    return "" if typed in INTERNAL else typed


def _instruction(request: HttpRequest, visitor: Visitor) -> Instruction:
    return told(request, actor=visitor.actor, code="PortalRemittance")


addresses: Final = [
    path("merchant/remittances", listed, name="merchant-remittances"),
    path("merchant/remittances/declare", declare, name="merchant-remittance-declare"),
    path("merchant/remittances/<number:number>", one, name="merchant-remittance"),
    path(
        "merchant/remittances/<number:number>/confirm", confirm, name="merchant-remittance-confirm"
    ),
    path(
        "merchant/remittances/<number:number>/dispute", dispute, name="merchant-remittance-dispute"
    ),
    path(
        "merchant/remittances/<number:number>/withdraw",
        withdraw,
        name="merchant-remittance-withdraw",
    ),
]
