"""Opening a merchant account, and switching one off and on.

Source: B-01, B-30, E-10; F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.parties.customer import UnknownCustomer
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
    open_merchant_account,
)
from tael.settlement.accounts.merchant_search import merchant_account_view
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

DIGITS_MAX: Final = 18


class OpenForm(forms.Form):
    """For whom an account is opened, and in which currency."""

    owner = forms.CharField(
        label=_("Number of the merchant"),
        help_text=_("A registered customer."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    name = forms.CharField(
        label=_("Name of the account"),
        help_text=_("A second account of the same currency needs a name of its own."),
        required=False,
        initial="default",
    )

    def __init__(self, *sent: Any) -> None:
        """Offer the currencies that are in use."""
        super().__init__(*sent)
        codes = [code for code, state in books.currencies().items() if state.enabled]
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


class SwitchForm(forms.Form):
    """Why an account is switched."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("It stands in the audit trail."), required=False
    )


@page(may="settlement.terms", methods=("GET", "POST"))
def open_account(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Open a merchant account; the same one again shows the one that is there."""
    refusal = None
    form = OpenForm(request.POST if request.method == "POST" else request.GET or None)
    if request.method == "POST":
        sent = request.POST
        try:
            instruction = told(request, actor=staff.actor)
            opened = open_merchant_account(
                owner=_owner(sent.get("owner", "").strip()),
                currency=sent.get("currency", ""),
                name=sent.get("name", "").strip() or "default",
                actor=staff.actor,
                at=instruction.at,
            )
        except Refusal as error:
            refusal = error
        else:
            said = gettext("Merchant account %(number)s is open.") % {"number": opened.number}
            messages.success(request, said)
            return see("settlement-account", number=opened.number)
    facts = {"form": form, "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/account_open.html", facts, staff=staff, status=status
    )


@page(may="settlement.terms", methods=("GET", "POST"))
def switch(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Switch an account off or on, with a reason."""
    view = merchant_account_view(number)
    refusal = None
    off = view.disabled_at is None
    if request.method == "POST":
        off = request.POST.get("to") == "off"
        act = disable_merchant_account if off else enable_merchant_account
        try:
            instruction = told(request, actor=staff.actor)
            reason = request.POST.get("reason", "")
            act(account=view.account, actor=staff.actor, at=instruction.at, reason=reason)
        except Refusal as error:
            refusal = error
        else:
            said = (
                gettext("Merchant account %(number)s is off.")
                if off
                else gettext("Merchant account %(number)s is on.")
            )
            messages.success(request, said % {"number": number})
            return see("settlement-account", number=number)
    facts = {
        "view": view,
        "off": off,
        "form": SwitchForm(request.POST or None),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/account_switch.html", facts, staff=staff, status=status
    )


def _owner(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX:
        return int(text)
    raise UnknownCustomer("This is no customer's number.", field="owner", there=ascii(text)[:40])


addresses: Final = [
    path("settlement/accounts/open", open_account, name="settlement-account-open"),
    path("settlement/accounts/<number:number>/switch", switch, name="settlement-account-switch"),
]
