"""What is done with business records by hand: recorded, confirmed, failed, reversed.

Source: B-08 to B-16; SM-04; A3, A4, A39.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.money import parse_amount
from tael.parties.role import require_permission
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import merchant_account, unknown_account
from tael.settlement.records.accrual import (
    Told,
    confirm_accrual,
    fail_accrual,
    malformed,
    record_accrual,
)
from tael.settlement.records.accrual_search import accrual_view
from tael.settlement.records.reversal import reverse_accrual
from tael.settlement.registry import kinds, sources
from tael.settlement.signed_amount import parse_signed_amount
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.records import shown_record
from tael.web.look.formats import in_language
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.web.backoffice.page import Staff

DIGITS_MAX: Final = 18


class RecordForm(forms.Form):
    """An act of business to be recorded by hand."""

    account = forms.CharField(
        label=_("Merchant account"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    source = forms.ChoiceField(label=_("Source"), required=False)
    kind = forms.ChoiceField(label=_("Kind of business"), required=False)
    number = forms.CharField(
        label=_("Business number"),
        help_text=_("Once for each source and kind."),
        required=False,
    )
    amount = forms.CharField(
        label=_("Amount"),
        help_text=_("With a minus sign what the merchant pays."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    state = forms.ChoiceField(
        label=_("Its service"),
        choices=[("confirmed", _("is finished")), ("pending", _("is in progress"))],
        required=False,
    )
    day = forms.CharField(
        label=_("Day by which it is billed"),
        help_text=_("Empty: today."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    quantity = forms.CharField(
        label=_("Quantity"), help_text=_("Where the kind has a unit."), required=False
    )
    note = forms.CharField(label=_("Note"), required=False)
    late_reason = forms.CharField(
        label=_("Reason for posting late"),
        help_text=_("Where its day lies in a month that is being closed."),
        required=False,
    )

    def __init__(self, *sent: Any, **named: Any) -> None:
        """Offer the sources and kinds that are in use."""
        super().__init__(*sent, **named)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (row.code, row.name) for row in sources() if row.switched_off_at is None
        ]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (row.code, in_language(row.names)) for row in kinds() if row.switched_off_at is None
        ]


@page(may="settlement.record", methods=("GET", "POST"))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Record an act of business by hand; the same one again shows the record that is there."""
    refusal = None
    if request.method == "POST":
        sent = request.POST
        try:
            instruction = told(request, actor=staff.actor)
            if late := sent.get("late_reason", "").strip():
                require_permission(staff.roles, "periods.late")
            account = _account(sent.get("account", "").strip())
            done = record_accrual(
                account=account,
                told=_told(sent, account),
                confirmed=sent.get("state") != "pending",
                actor=staff.actor,
                at=instruction.at,
                late_reason=late,
            )
        except Refusal as error:
            refusal = error
        else:
            said = gettext("Business record %(number)s stands in the books of records.")
            messages.success(request, said % {"number": done.accrual.number})
            return see("settlement-record", number=done.accrual.pk)
    form = RecordForm(request.POST or None, initial={"account": request.GET.get("account", "")})
    if "periods.late" not in staff.permissions:
        del form.fields["late_reason"]
    facts = {"form": form, "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/record_add.html", facts, staff=staff, status=status
    )


@page(may="settlement.record", methods=("POST",))
def confirm(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that the service of a pending record is finished."""
    return _decided(request, staff, number, confirmed=True)


@page(may="settlement.record", methods=("POST",))
def fail(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that the service of a pending record was cancelled."""
    return _decided(request, staff, number, confirmed=False)


@page(may="settlement.record", methods=("POST",))
def reverse(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take a confirmed record back, whole or in part."""
    view = accrual_view(number)
    sent = request.POST
    text = sent.get("amount", "").strip()
    try:
        instruction = told(request, actor=staff.actor)
        done = reverse_accrual(
            source=view.row.source_id,
            kind=view.row.kind_id,
            reversed_number=view.row.number,
            number=sent.get("number", "").strip(),
            amount=parse_amount(text, view.account.currency) if text else None,
            note=sent.get("note", "").strip(),
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return shown_record(request, staff, number, refusal)
    said = gettext("%(number)s is reversed by %(amount)s.")
    shown = view.account.money(done.accrual.amount)
    messages.success(request, said % {"number": view.row.number, "amount": shown})
    return see("settlement-record", number=number)


def _decided(request: HttpRequest, staff: Staff, number: int, *, confirmed: bool) -> HttpResponse:
    row = accrual_view(number).row
    act = confirm_accrual if confirmed else fail_accrual
    try:
        instruction = told(request, actor=staff.actor)
        act(
            source=row.source_id,
            kind=row.kind_id,
            number=row.number,
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return shown_record(request, staff, number, refusal)
    said = (
        gettext("%(number)s is confirmed; the next bill takes it.")
        if confirmed
        else gettext("%(number)s has failed; no bill takes it.")
    )
    messages.success(request, said % {"number": row.number})
    return see("settlement-record", number=number)


def _account(text: str) -> MerchantAccount:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise unknown_account(0)
    return merchant_account(int(text))


def _told(sent: QueryDict, account: MerchantAccount) -> Told:
    day = sent.get("day", "").strip()
    quantity = sent.get("quantity", "").strip()
    return Told(
        source=sent.get("source", "").replace("\0", ""),
        kind=sent.get("kind", "").replace("\0", ""),
        number=sent.get("number", "").strip(),
        amount=parse_signed_amount(sent.get("amount", "").strip(), account.currency),
        day=_day(day) if day else None,
        quantity=_quantity(quantity) if quantity else None,
        note=sent.get("note", "").strip(),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise malformed("day", ascii(text)[1:-1][:40], "a day, as 2026-03-01") from None


def _quantity(text: str) -> Decimal:
    plain = text.isascii() and set(text) <= set("0123456789.")
    try:
        return Decimal(text if plain else "no")
    except InvalidOperation:
        allowed = "0 or more, with up to 6 decimals"
        raise malformed("quantity", ascii(text)[1:-1][:40], allowed) from None


addresses: Final = [
    path("settlement/records/add", add, name="settlement-record-add"),
    path("settlement/records/<number:number>/confirm", confirm, name="settlement-record-confirm"),
    path("settlement/records/<number:number>/fail", fail, name="settlement-record-fail"),
    path("settlement/records/<number:number>/reverse", reverse, name="settlement-record-reverse"),
]
