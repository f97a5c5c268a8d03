"""One flow record in every detail: its words, its legs, what takes it back; and its refund.

Source: E-03, F-22, F-27; I12; T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael import books, ledger
from tael.money import parse_amount
from tael.parties.audit_search import actor_names
from tael.wallet.flow import flow_record
from tael.wallet.kinds import REVERSIBLE
from tael.wallet.refund import refund
from tael.wallet.taken_back import taken_back_by
from tael.web.backoffice.page import page, rendered
from tael.web.backoffice.postings import posting_lines
from tael.web.backoffice.two_steps import Prepared, TwoSteps, two_steps
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.money import Money
    from tael.wallet.flow import FlowRecord
    from tael.web.backoffice.page import Staff

TYPED_MAX: Final = 1000
FIELDS: Final = ("amount", "info", "sno", "pno")


@page(may="flows.see")
def flow(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Show one record."""
    record = flow_record(number)
    back = taken_back_by(number)
    facts = {
        "record": record,
        "names": actor_names([record.actor]),
        "postings": posting_lines(ledger.read_entry(books.connection(), number).legs),
        "taken_back": back,
        "reversible": record.kind in REVERSIBLE and left_of(record, back) != 0,
        "details": [
            (name, value) for name, value in record.data.items() if value not in {"", None}
        ],
    }
    return rendered(request, "backoffice/flow.html", facts, staff=staff)


@page(may="wallets.operate", methods=("GET", "POST"))
def take_back(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Rehearse a refund of a record, then carry it out."""
    record = flow_record(number)

    def prepare(last: bool) -> Prepared:  # noqa: ARG001, FBT001 - the form of a step
        typed = Asked(request.POST, FIELDS)
        instruction = told(
            request,
            actor=staff.actor,
            channel=record.channel,
            info=typed["info"],
            sno=typed["sno"] or None,
            pno=typed["pno"] or None,
            code="AdminRefund",
        )
        amount = _part(typed["amount"], record)
        return Prepared(
            lambda: refund(entry_id=number, amount=amount, instruction=instruction), typed.fields
        )

    back = taken_back_by(number)
    left = left_of(record, back)
    steps = TwoSteps(
        template="backoffice/refund.html",
        facts={
            "record": record,
            "taken_back": back,
            "left": None
            if record.amount is None
            else type(record.amount)(left, record.amount.currency),
        },
        form=lambda typed: _form(record, typed),
        prepare=prepare,
    )
    return two_steps(request, staff, steps)


def left_of(record: FlowRecord, back: list[FlowRecord]) -> int:
    """Give what of a record has not been taken back yet, in minor units of what it gave.

    Source: I12.
    """
    if record.amount is None:
        return 0
    gone = 0
    for one in back:
        amounts = [one.amount, one.received]
        gone += next(
            (each.minor for each in amounts if each and each.currency == record.amount.currency), 0
        )
    return record.amount.minor - gone


def _part(text: str, record: FlowRecord) -> Money | None:
    if not text or record.amount is None:
        return None
    return parse_amount(text, record.amount.currency, field="amount")


def _form(record: FlowRecord, typed: Mapping[str, str]) -> forms.Form:
    initial: dict[str, Any] = {name: typed.get(name, "")[:TYPED_MAX] for name in FIELDS}
    form = forms.Form(initial=initial, auto_id="field-%s", use_required_attribute=False)
    number = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "tabular-nums"}
    )
    text = forms.TextInput(attrs={"maxlength": "1000", "autocomplete": "off"})
    if record.received is None or record.received.currency == getattr(
        record.amount, "currency", None
    ):
        form.fields["amount"] = forms.CharField(
            label=_("Amount"),
            help_text=_("Empty: all that has not been taken back yet."),
            required=False,
            widget=number,
        )
    form.fields["info"] = forms.CharField(
        label=_("Reason"), help_text=_("The customer reads it in the statement."), widget=text
    )
    form.fields["sno"] = forms.CharField(
        label=_("Serial number"),
        help_text=_("Of the paper or the system it comes from; empty: one is made."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": "64", "autocomplete": "off"}),
    )
    form.fields["pno"] = forms.CharField(
        label=_("Outside number"),
        help_text=_("The bank's or gateway's number of the payment, if there is one."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": "64", "autocomplete": "off"}),
    )
    return form


addresses: Final = [
    path("flows/<number:number>", flow, name="flow"),
    path("flows/<number:number>/refund", take_back, name="flow-refund"),
]
