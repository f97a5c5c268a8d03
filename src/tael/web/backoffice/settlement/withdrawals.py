"""Merchants' withdrawals (商戶提現): found by merchant, state and age; one explained to the cent, and what is done with it.

Source: B-33 to B-38, E-15; SM-06; peers-settlement-invest A7, A18 to A21, A32, A39, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.parties.payee_search import payee_of
from tael.parties.person import is_customer
from tael.refusal import Refusal
from tael.settlement.payouts.paying import bounce_payout, set_flow_number
from tael.settlement.payouts.payout_explained import payout_explained
from tael.settlement.payouts.payout_hold import hold_payout, release_payout
from tael.settlement.payouts.withdrawal import cancel_merchant_withdrawal
from tael.settlement.payouts.withdrawal_search import (
    PAYOUT_STATES,
    TRADE_STATES,
    WAYS,
    WithdrawalsWanted,
    attempts_of,
    merchant_withdrawals,
    unknown_outcomes,
    withdrawal_seen,
    withdrawal_totals,
)
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.payee_shown import shown_payee
from tael.web.backoffice.settlement.bank_shown import shown_proof
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = (
    "account",
    "merchant",
    "currency",
    "way",
    "trade",
    "payout",
    "least",
    "most",
    "since",
    "until",
    "flow_number",
    "batch",
)
OPEN: Final = "open"
WAY_NAMES: Final = {"manual": _("manual"), "automatic": _("automatic")}
TRADE_NAMES: Final = {
    "applying": _("applied for"),
    "succeeded": _("succeeded"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
}
PAYOUT_NAMES: Final = {
    "waiting": _("to be paid"),
    "held": _("held"),
    "batched": _("in a batch"),
    "exported": _("with the bank"),
    "unknown": _("outcome unknown"),
    "paid": _("paid"),
    "failed": _("not paid"),
    "returned": _("given back by the bank"),
    "cancelled": _("cancelled"),
}
ACTS: Final = {
    "merchant_withdrawal.hold": _("Held"),
    "merchant_withdrawal.release": _("Released"),
    "merchant_withdrawal.cancel": _("Cancelled; the money is on the account again"),
    "merchant_withdrawal.set_flow_number": _("Flow number set; it has succeeded"),
    "merchant_withdrawal.bounce": _("Given back by the bank; the money is on the account again"),
}
SAID: Final = {
    "hold": _("Withdrawal %(number)s is held."),
    "release": _("Withdrawal %(number)s can be paid."),
    "cancel": _("Withdrawal %(number)s is cancelled; the money is on the account again."),
    "flow-number": _("Withdrawal %(number)s has succeeded."),
    "bounce": _("Withdrawal %(number)s came back; the money is on the account again."),
}


class WhyForm(forms.Form):
    """Why a withdrawal is held, cancelled or came back."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The merchant reads it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


class FlowNumberForm(forms.Form):
    """Under which number the bank has paid."""

    flow_number = forms.CharField(
        label=_("Flow number"),
        help_text=_("As it stands on the bank's advice."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 64, "autocomplete": "off"}),
    )


def wanted_of(asked: Asked) -> WithdrawalsWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed, and those of ``parse_amount``: a field cannot be asked for.

    Source: E-15; A39.
    """
    currency = asked.currency()
    return WithdrawalsWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        currency=currency,
        way=asked.word("way", WAYS) or "",
        trade=asked.word("trade", TRADE_STATES) or "",
        payout=asked.word("payout", (OPEN, *PAYOUT_STATES)) or "",
        least=asked.minor("least", currency),
        most=asked.minor("most", currency),
        since=asked.begin_of("since"),
        until=asked.end_of("until"),
        flow_number=asked.text("flow_number"),
        batch=asked.number("batch"),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List withdrawals, newest first, with the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "ways": WAY_NAMES,
        "trades": TRADE_NAMES,
        "payouts": {OPEN: gettext("on its way"), **PAYOUT_NAMES},
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        return rendered(
            request,
            "backoffice/settlement/withdrawals.html",
            facts | {"refusal": refusal},
            staff=staff,
            status=STATUS[refusal.because],
        )
    rows = merchant_withdrawals(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": shown,
        "totals": withdrawal_totals(wanted) if shown else [],
        "unknown": unknown_outcomes(at=now()),
        "next": asked.query(before=shown[-1].row.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
        "query": asked.query(),
    }
    return rendered(request, "backoffice/settlement/withdrawals.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one withdrawal: why it is as high as it is, what happened, and what may be done."""
    return _shown(request, staff, number)


@page(may="payouts.make", methods=("POST",))
def hold(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Keep a withdrawal from being paid while somebody looks into it."""
    reason = _reason(request)
    return _acted(
        request,
        staff,
        number,
        "hold",
        lambda **how: hold_payout(number=number, reason=reason, **how),
    )


@page(may="payouts.make", methods=("POST",))
def release(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Let a held withdrawal be paid."""
    return _acted(
        request, staff, number, "release", lambda **how: release_payout(number=number, **how)
    )


@page(may="payouts.make", methods=("POST",))
def cancel(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Cancel a withdrawal that is in no batch: the money is on the account again."""
    reason = _reason(request)
    return _acted(
        request,
        staff,
        number,
        "cancel",
        lambda **how: cancel_merchant_withdrawal(number=number, reason=reason, **how),
    )


@page(may="payouts.make", methods=("POST",))
def flow_number(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give a withdrawal that was paid its flow number."""
    typed = request.POST.get("flow_number", "")
    return _acted(
        request,
        staff,
        number,
        "flow-number",
        lambda **how: set_flow_number(number=number, flow_number=typed, **how),
    )


@page(may="payouts.make", methods=("POST",))
def bounce(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that the bank gave back what it had paid."""
    reason = _reason(request)
    return _acted(
        request,
        staff,
        number,
        "bounce",
        lambda **how: bounce_payout(number=number, reason=reason, **how),
    )


def _reason(request: HttpRequest) -> str:
    return " ".join(request.POST.get("reason", "").split())


def _acted(
    request: HttpRequest, staff: Staff, number: int, verb: str, act: Callable[..., object]
) -> HttpResponse:
    try:
        act(instruction=told(request, actor=staff.actor, channel="Admin"))
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _shown(request, staff, number, refusal=refusal)
    messages.success(request, str(SAID[verb]) % {"number": number})
    return see("settlement-withdrawal", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, *, refusal: Refusal | None = None
) -> HttpResponse:
    seen = withdrawal_seen(number)
    found = acts(ActsWanted(subject=f"merchant_withdrawal:{number}"), limit=20)
    names = actor_names(
        [seen.row.applied_by, seen.row.closed_by or "", *(act.actor for act in found)]
    )
    steps = [
        {
            "what": ACTS.get(act.action, act.action),
            "at": act.at,
            "actor": act.actor,
            "name": names.get(act.actor, ""),
            "detail": act.details.get("reason") or act.details.get("flow_number", ""),
        }
        for act in reversed(found)
    ]
    payee = payee_of(seen.row.payee)
    facts = {
        "seen": seen,
        "row": seen.row,
        "way_text": WAY_NAMES[seen.row.way],
        "explained": payout_explained(seen),
        "attempts": attempts_of(number),
        "proof": shown_proof("payout", number, seen.row.flow_number, staff),
        "payee": None if payee is None else shown_payee(payee, staff),
        "applied_by": names.get(seen.row.applied_by, ""),
        "closed_by": names.get(seen.row.closed_by or "", seen.row.closed_by),
        "steps": steps,
        "mine": is_customer(staff.actor, seen.account.owner),
        "refusal": refusal,
        "why": WhyForm(request.POST or None, auto_id="why-%s"),
        "number_form": FlowNumberForm(request.POST or None),
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(
        request, "backoffice/settlement/withdrawal.html", facts, staff=staff, status=status
    )


addresses: Final = [
    path("settlement/withdrawals", listed, name="settlement-withdrawals"),
    path("settlement/withdrawals/<number:number>", one, name="settlement-withdrawal"),
    path("settlement/withdrawals/<number:number>/hold", hold, name="settlement-withdrawal-hold"),
    path(
        "settlement/withdrawals/<number:number>/release",
        release,
        name="settlement-withdrawal-release",
    ),
    path(
        "settlement/withdrawals/<number:number>/cancel", cancel, name="settlement-withdrawal-cancel"
    ),
    path(
        "settlement/withdrawals/<number:number>/flow-number",
        flow_number,
        name="settlement-withdrawal-flow-number",
    ),
    path(
        "settlement/withdrawals/<number:number>/bounce", bounce, name="settlement-withdrawal-bounce"
    ),
]
