"""Reviewing withdrawals: what waits, one application with all that a reviewer needs, and the decisions.

Source: F-33, SM-02; I32; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import Money
from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.parties.payee_search import payee_of
from tael.parties.person import is_customer
from tael.parties.queries import customer_names
from tael.payouts.check_limit import in_force
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.queries import withdrawals, withdrawals_waiting
from tael.payouts.withdrawal import (
    approve_withdrawal,
    confirm_withdrawal,
    refuse_withdrawal,
    withdrawal,
)
from tael.refusal import Refusal
from tael.wallet.queries import hold, wallet_view
from tael.wallet.wallet import wallet as find_wallet
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    currency_field,
    list_facts,
    list_page,
    text_field,
)
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.payee_shown import shown_payee
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from tael.payouts.withdrawal import AppliedWithdrawal, Withdrawal
    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

CHANNEL: Final = "Admin"
AGES: Final = {
    "1": (timedelta(hours=1), _("an hour or longer")),
    "24": (timedelta(days=1), _("a day or longer")),
    "72": (timedelta(days=3), _("three days or longer")),
}
STATES: Final = {
    "applied": _("to be reviewed"),
    "reviewed": _("to be confirmed"),
    "withdrawn": _("paid out"),
    "returned": _("given back"),
    "cancelled": _("cancelled"),
}
ACTS: Final = {
    "withdrawal.review": _("Approved; waits for a second person"),
    "withdrawal.approve": _("Approved and paid out"),
    "withdrawal.confirm": _("Confirmed and paid out"),
    "withdrawal.refuse": _("Refused; the money is the customer's again"),
    "withdrawal.cancel": _("Cancelled by the customer"),
}


class Step(NamedTuple):
    """One step in the life of an application."""

    at: datetime
    what: str | _StrPromise
    actor: str
    name: str
    detail: str = ""


class ReasonForm(forms.Form):
    """Why an application is refused."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )


class PayeeForm(forms.Form):
    """Where to, for an application that does not say."""

    payee = forms.CharField(
        label=_("Number of the payee account"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


@page(may="withdrawals.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List applications; what waits is asked for first."""
    fields = {
        "state": choice_field(_("State"), STATES.items()),
        "customer": text_field(_("Customer"), inputmode="numeric"),
        "currency": currency_field(),
        "least": text_field(_("Amount from"), inputmode="decimal"),
        "most": text_field(_("to"), inputmode="decimal"),
        "age": choice_field(_("Waiting for"), [(key, age[1]) for key, age in AGES.items()]),
    }
    facts = list_facts(request.GET, fields, read=_read, shown=_lines)
    facts |= {"waiting": withdrawals_waiting()}
    return list_page(request, staff, "backoffice/withdrawals.html", facts)


def _read(asked: Asked, before: int | None) -> list[Withdrawal]:
    currency, state = asked.currency(), asked.word("state", STATES)
    age = asked.word("age", AGES)
    return withdrawals(
        state=WithdrawalState(state) if state else None,
        owner=asked.number("customer"),
        currency=currency or None,
        least=asked.minor("least", currency),
        most=asked.minor("most", currency),
        applied_until=now() - AGES[age][0] if age else None,
        before=before,
        limit=PAGE + 1,
    )


def _lines(rows: list[Withdrawal]) -> list[dict[str, Any]]:
    names = customer_names(row.owner for row in rows)
    return [_line(row, names) for row in rows]


@page(may="withdrawals.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one application with what a reviewer needs."""
    return _shown(request, staff, withdrawal(number))


@page(may="withdrawals.review", methods=("POST",))
def approve(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Approve an application: it is paid out, or waits for a second person."""
    typed = request.POST.get("payee", "").strip()[:20]
    payee = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None

    def act() -> AppliedWithdrawal:
        return approve_withdrawal(
            number=number,
            payee=payee,
            instruction=told(request, actor=staff.actor, channel=CHANNEL, code="AdminWithdraw"),
        )

    return _acted(request, staff, number, act)


@page(may="withdrawals.check", methods=("POST",))
def confirm(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Confirm what somebody else approved: it is paid out."""

    def act() -> AppliedWithdrawal:
        instruction = told(request, actor=staff.actor, channel=CHANNEL, code="AdminWithdraw")
        return confirm_withdrawal(number=number, instruction=instruction)

    return _acted(request, staff, number, act)


@page(may="withdrawals.review", methods=("POST",))
def refuse(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Refuse an application, as the one who reviews."""
    return _refused(request, staff, number)


@page(may="withdrawals.check", methods=("POST",))
def decline(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Refuse an application that somebody else approved, as the one who checks."""
    return _refused(request, staff, number)


def _refused(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    def act() -> AppliedWithdrawal:
        return refuse_withdrawal(
            number=number,
            reason=" ".join(request.POST.get("reason", "").split()),
            instruction=told(request, actor=staff.actor, channel=CHANNEL, code="AdminThaw"),
        )

    return _acted(request, staff, number, act)


def _acted(
    request: HttpRequest, staff: Staff, number: int, act: Callable[[], AppliedWithdrawal]
) -> HttpResponse:
    try:
        done = act()
    except Refusal as refusal:
        return _shown(request, staff, withdrawal(number), refusal=refusal)
    said = {
        "withdrawn": gettext("Application %(number)s is paid out."),
        "reviewed": gettext("Application %(number)s is approved and waits for a second person."),
        "returned": gettext(
            "Application %(number)s is refused; the money is the customer's again."
        ),
    }
    state = "reviewed" if done.receipt is None else done.withdrawal.state
    messages.success(request, said[state] % {"number": number})
    return see("withdrawal", number=number)


def _shown(
    request: HttpRequest, staff: Staff, row: Withdrawal, *, refusal: Refusal | None = None
) -> HttpResponse:
    wallet = find_wallet(row.wallet)
    payee = payee_of(row.payee)
    limit = in_force(row.currency)
    bound = None if limit is None or limit.amount is None else wallet.money(limit.amount)
    steps = _timeline(row)
    others = [other for other in withdrawals(owner=row.owner, limit=11) if other.pk != row.pk]
    names = customer_names([row.owner])
    facts = {
        "row": _line(row, names),
        "application": row,
        "wallet": wallet_view(wallet),
        "hold": hold(row.hold),
        "payee": None if payee is None else shown_payee(payee, staff),
        "limit": bound,
        "above": bound is not None and wallet.money(row.amount) > bound,
        "steps": steps,
        "others": [_line(other, names) for other in others[:10]],
        "refusal": refusal,
        "reason": ReasonForm(request.POST or None),
        "where_to": PayeeForm(request.POST or None),
        "mine": staff.actor == row.applied_by or is_customer(staff.actor, row.owner),
        "my_review": staff.actor == row.reviewed_by,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/withdrawal.html", facts, staff=staff, status=status)


def _timeline(row: Withdrawal) -> list[Step]:
    """Give what happened to an application, oldest first: its making, then the acts of the trail."""
    found = acts(ActsWanted(subject=f"withdrawal:{row.pk}"), limit=20)
    names = actor_names([row.applied_by, *(act.actor for act in found)])

    def step(at: datetime, what: str | _StrPromise, actor: str, detail: str = "") -> Step:
        return Step(at, what, actor, names.get(actor, ""), detail)

    made = step(row.applied_at, _("Applied for; the money is set aside"), row.applied_by)
    later = [
        step(act.at, ACTS.get(act.action, act.action), act.actor, act.details.get("reason", ""))
        for act in reversed(found)
    ]
    return [made, *later]


def _line(row: Withdrawal, names: dict[int, str]) -> dict[str, Any]:
    unit = books.currencies()[row.currency].currency
    return {
        "number": row.pk,
        "owner": row.owner,
        "name": names.get(row.owner, ""),
        "wallet": row.wallet,
        "payee": row.payee,
        "amount": Money(row.amount, unit),
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "applied_at": row.applied_at,
        "reason": row.reason,
        "waited": _waited(row) if row.decided_at is None else "",
    }


def _waited(row: Withdrawal) -> str:
    minutes = max(0, int((now() - row.applied_at).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


addresses: Final = [
    path("withdrawals", listed, name="withdrawals"),
    path("withdrawals/<number:number>", one, name="withdrawal"),
    path("withdrawals/<number:number>/approve", approve, name="withdrawal-approve"),
    path("withdrawals/<number:number>/confirm", confirm, name="withdrawal-confirm"),
    path("withdrawals/<number:number>/refuse", refuse, name="withdrawal-refuse"),
    path("withdrawals/<number:number>/decline", decline, name="withdrawal-decline"),
]
