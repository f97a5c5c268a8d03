"""Adjustments (調賬) and collections (自動扣款) of merchant accounts: what was made, and making one.

Source: B-25; peers-settlement-invest A15, A36, H14; I32; T9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.approvals.proposal import Proposal
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccount,
    account_from,
    amounts_now,
    merchant_account,
)
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.remittances.adjustment import adjust, adjustment
from tael.settlement.remittances.adjustment_search import (
    AdjustmentsWanted,
    AdjustmentView,
    CollectionsWanted,
    CollectionView,
    adjustment_totals,
    adjustments,
    collection_totals,
    collections,
)
from tael.settlement.remittances.collection import collect_debt, collection
from tael.settlement.signed_amount import parse_signed_amount
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
CHANNEL: Final = "Admin"
FILTERS: Final = ("account", "merchant", "currency", "since", "until")
COLLECTION_FILTERS: Final = ("account", "merchant", "wallet", "currency", "since", "until")


class AdjustForm(forms.Form):
    """By how much an account is corrected, and why."""

    amount = forms.CharField(
        label=_("Amount"),
        help_text=_("With a minus sign it takes from the merchant: -30.00."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept with the entry."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


def wanted_of(asked: Asked) -> AdjustmentsWanted:
    """Read the filter of the adjustments' address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A36, A39.
    """
    return AdjustmentsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        currency=asked.currency(),
        since=asked.begin_of("since"),
        until=asked.end_of("until"),
    )


def collections_wanted(asked: Asked) -> CollectionsWanted:
    """Read the filter of the collections' address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: B-25; A39.
    """
    return CollectionsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        wallet=asked.number("wallet"),
        currency=asked.currency(),
        since=asked.day("since"),
        until=asked.day("until"),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List adjustments, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {"asked": asked, "currencies": sorted(books.currencies())}
    template = "backoffice/settlement/adjustments.html"
    try:
        wanted, before = wanted_of(asked), Asked(request.GET, ("before",)).number("before")
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        return rendered(request, template, facts, staff=staff, status=STATUS[refusal.because])
    rows = adjustments(wanted, before=before, limit=PAGE + 1)
    facts |= _paged(rows, asked, before) | {
        "names": actor_names(
            name for view in rows[:PAGE] for name in (view.row.made_by, view.row.approved_by)
        ),
        "totals": adjustment_totals(wanted) if rows else [],
    }
    return rendered(request, template, facts, staff=staff)


@page(may="settlement.see")
def collected(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List what was collected from wallets, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, COLLECTION_FILTERS)
    facts: dict[str, Any] = {"asked": asked, "currencies": sorted(books.currencies())}
    template = "backoffice/settlement/collections.html"
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = collections_wanted(asked)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        return rendered(request, template, facts, staff=staff, status=STATUS[refusal.because])
    rows = collections(wanted, before=before, limit=PAGE + 1)
    facts |= _paged(rows, asked, before) | {"totals": collection_totals(wanted) if rows else []}
    return rendered(request, template, facts, staff=staff)


@page(may="settlement.see")
def one_adjustment(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one adjustment, who made it and who agreed."""
    row = adjustment(number)
    facts = {"rows": [AdjustmentView(row, account_from(row.account))], "number": number}
    return rendered(request, "backoffice/settlement/adjustment.html", facts, staff=staff)


@page(may="settlement.see")
def one_collection(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show what was taken once from a wallet for what its owner owed."""
    row = collection(number)
    facts = {"rows": [CollectionView(row, account_from(row.account))], "number": number}
    return rendered(request, "backoffice/settlement/collection.html", facts, staff=staff)


@page(may="remittances.handle", methods=("GET", "POST"))
def make(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Correct an account; above the operator's limit the correction waits for a second person."""
    account = merchant_account(number)
    if request.method != "POST":
        return _shown(request, staff, account, AdjustForm())
    try:
        done = adjust(
            account=account,
            amount=parse_signed_amount(request.POST.get("amount", "").strip(), account.currency),
            reason=" ".join(request.POST.get("reason", "").split()),
            instruction=_instruction(request, staff),
        )
    except Refusal as refusal:
        return _shown(request, staff, account, AdjustForm(request.POST), refusal)
    if isinstance(done, Proposal):
        messages.success(request, gettext("It is proposed and waits for a second person."))
        return see("proposal", number=done.pk)
    messages.success(request, gettext("The account is adjusted."))
    return see("settlement-account-adjust", number=number)


@page(may="remittances.handle", methods=("POST",))
def collect(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take what the merchant owes from the wallet that his terms name, now."""
    account = merchant_account(number)
    try:
        done = collect_debt(account=account, instruction=_instruction(request, staff))
    except Refusal as refusal:
        return _shown(request, staff, account, AdjustForm(), refusal)
    taken = account.money(done.collection.amount)
    said = gettext("%(amount)s was taken from wallet %(wallet)s.")
    messages.success(request, said % {"amount": taken, "wallet": done.collection.wallet})
    return see("settlement-account-adjust", number=number)


def _paged(rows: Sequence[Any], asked: Asked, before: int | None) -> dict[str, Any]:
    shown = rows[:PAGE]
    return {
        "rows": shown,
        "next": asked.query(before=shown[-1].row.pk) if len(rows) > PAGE else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }


def _shown(
    request: HttpRequest,
    staff: Staff,
    account: MerchantAccount,
    form: AdjustForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    rows = adjustments(AdjustmentsWanted(account=account.number), limit=10)
    terms = terms_in_force(account.number)
    facts = {
        "account": account,
        "balance": amounts_now([account])[account.number],
        "rows": rows,
        "names": actor_names(
            name for view in rows for name in (view.row.made_by, view.row.approved_by)
        ),
        "taken": collections(CollectionsWanted(account=account.number), limit=10),
        "wallet": terms.collect_from,
        "most": None if terms.collect_most is None else account.money(terms.collect_most),
        "form": form,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/adjust.html", facts, staff=staff, status=status)


def _instruction(request: HttpRequest, staff: Staff) -> Instruction:
    return told(request, actor=staff.actor, channel=CHANNEL, code="AdminAdjust")


addresses: Final = [
    path("settlement/adjustments", listed, name="settlement-adjustments"),
    path("settlement/collections", collected, name="settlement-collections"),
    path("settlement/adjustments/<number:number>", one_adjustment, name="settlement-adjustment"),
    path("settlement/collections/<number:number>", one_collection, name="settlement-collection"),
    path("settlement/accounts/<number:number>/adjust", make, name="settlement-account-adjust"),
    path("settlement/accounts/<number:number>/collect", collect, name="settlement-account-collect"),
]
