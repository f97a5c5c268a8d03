"""The terms (結算條款) of a merchant account: what is in force, what was before, and agreeing on new ones.

Source: B-25, B-27, B-33, E-10; peers-settlement-invest A5, A9, A10, A15, A16, A22, A36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.money import parse_amount
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_search import merchant_account_view
from tael.settlement.accounts.terms import (
    AccountTerms,
    Terms,
    TermsMalformed,
    account_terms,
    set_terms,
    terms_history,
    terms_in_force,
)
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.terms_shown import CYCLES, STYLES, said_terms
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.web.backoffice.page import Staff

PAGE: Final = 20
AMOUNTS: Final = ("minimum_manual", "minimum_automatic", "collect_most")
NUMBERS: Final = (
    "anchor",
    "settle_after",
    "grace_hours",
    "reserve_days",
    "collect_from",
)
MAY_BE_EMPTY: Final = frozenset({"grace_hours", "collect_from", "collect_most"})
DIGITS_MAX: Final = 18


class TermsForm(forms.Form):
    """What is to be agreed on."""

    cycle = forms.ChoiceField(label=_("A bill"), choices=list(CYCLES.items()), required=False)
    anchor = forms.CharField(
        label=_("A period begins on day"),
        help_text=_("1 to 28 of a month, 1 (Monday) to 7 of a week, 1 for days."),
        required=False,
    )
    settle_after = forms.CharField(
        label=_("Days from its end to its bill (T+n)"), help_text=_("1 to 90."), required=False
    )
    business_days = forms.BooleanField(label=_("Count business days only"), required=False)
    calendar = forms.CharField(label=_("Business calendar"), required=False)
    zone = forms.CharField(label=_("Time zone"), help_text=_("As Asia/Shanghai."), required=False)
    review = forms.BooleanField(label=_("Bills wait for a person"), required=False)
    grace_hours = forms.CharField(
        label=_("Hours after which they are issued all the same"),
        help_text=_("Empty: they wait as long as it takes."),
        required=False,
    )
    minimum_manual = forms.CharField(
        label=_("Manual withdrawal above"),
        help_text=_("The amount must be greater than this."),
        required=False,
    )
    minimum_automatic = forms.CharField(label=_("Automatic withdrawal above"), required=False)
    fee = forms.CharField(
        label=_("Fee of a withdrawal"), help_text=_("As 0, 2, 1% or 0.5% + 1."), required=False
    )
    reserve_percent = forms.CharField(
        label=_("Percent of a bill that is kept back"), required=False
    )
    reserve_days = forms.CharField(label=_("Days for which it is kept back"), required=False)
    collect_from = forms.CharField(
        label=_("Wallet that a negative amount is collected from"),
        help_text=_("One of the merchant's, in the same currency. Empty: nothing is collected."),
        required=False,
    )
    collect_most = forms.CharField(label=_("At most so much a day"), required=False)
    reversal_style = forms.ChoiceField(
        label=_("Reversals on a bill"), choices=list(STYLES.items()), required=False
    )
    note = forms.CharField(
        label=_("Note for who decides"),
        help_text=_("Where a change takes two people, the second one reads it."),
        required=False,
    )


@page(may="settlement.see")
def shown(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show the terms in force, all before them, and the form for new ones."""
    return _page(request, staff, number)


@page(may="settlement.terms", methods=("POST",))
def change(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Agree on new terms; where the operator asks for two people, they wait for the second one."""
    view = merchant_account_view(number)
    try:
        done = set_terms(
            account=view.account,
            terms=read_terms(request.POST, view.account),
            note=" ".join(request.POST.get("note", "").split()),
            instruction=told(request, actor=staff.actor),
        )
    except Refusal as refusal:
        return _page(request, staff, number, refusal)
    if isinstance(done, Terms):
        said = gettext("The terms of account %(number)s are in force.") % {"number": number}
    else:
        said = gettext("Proposal %(proposal)s waits for a second person.") % {"proposal": done.pk}
    messages.success(request, said)
    return see("settlement-terms", number=number)


def read_terms(sent: QueryDict, account: MerchantAccount) -> AccountTerms:
    """Read the terms of a sent form.

    Raises:
        TermsMalformed, AmountMalformed and its kin: naming the term.
    """
    terms: dict[str, Any] = {
        name: sent.get(name, "").strip()
        for name in ("cycle", "calendar", "zone", "fee", "reserve_percent", "reversal_style")
    }
    terms |= {name: name in sent for name in ("business_days", "review")}
    terms |= {name: _number(name, sent.get(name, "").strip()) for name in NUMBERS}
    terms |= {name: _amount(name, sent.get(name, "").strip(), account) for name in AMOUNTS}
    return AccountTerms(**terms)


def _number(name: str, text: str) -> int | None:
    if not text and name in MAY_BE_EMPTY:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        message = f"{name} is malformed."
        raise TermsMalformed(
            message, field=name, there=ascii(text)[1:-1][:40], allowed="a whole number"
        )
    return int(text)


def _amount(name: str, text: str, account: MerchantAccount) -> int | None:
    if not text and name in MAY_BE_EMPTY:
        return None
    return parse_amount(text, account.currency, field=name, allow_zero=True).minor


def _initial(account: MerchantAccount) -> dict[str, Any]:
    facts = account_terms(terms_in_force(account.number)).facts()
    for name in AMOUNTS:
        facts[name] = "" if facts[name] is None else account.money(facts[name]).text
    return facts


def _page(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    view = merchant_account_view(number)
    before = Asked(request.GET, ("before",)).number("before")
    rows = terms_history(number, limit=PAGE + 1, before=before)
    history = rows[:PAGE]
    names = actor_names(row.set_by for row in history)
    facts = {
        "view": view,
        "terms": said_terms(view.account, terms_in_force(number)),
        "form": TermsForm(request.POST or None, initial=_initial(view.account)),
        "history": [(said_terms(view.account, row), names.get(row.set_by, "")) for row in history],
        "next": f"before={history[-1].pk}" if len(rows) > PAGE else "",
        "first": before is not None,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/terms.html", facts, staff=staff, status=status)


addresses: Final = [
    path("settlement/accounts/<number:number>/terms", shown, name="settlement-terms"),
    path(
        "settlement/accounts/<number:number>/terms/change", change, name="settlement-terms-change"
    ),
]
