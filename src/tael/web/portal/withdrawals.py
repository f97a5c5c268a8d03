"""Withdrawing (提現): what may leave and why not more, applying for it, and what became of it.

Source: F-32, F-33, SM-02; A-F27; I32; reliability T9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.urls import path, reverse
from django.utils.translation import gettext as _

from tael import books
from tael.payouts import queries
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.withdrawal import apply_withdrawal, cancel_withdrawal
from tael.payouts.withdrawal import withdrawal as find_withdrawal
from tael.refusal import Refusal
from tael.wallet.figures import figures_now
from tael.wallet.wallet import wallet as find_wallet
from tael.web.look.asked import Asked
from tael.web.look.forms import told as told_by
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.own import amount_field, wallet_field, wallets_of
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.payee_accounts import payee_field, payee_text
from tael.web.portal.steps import (
    Act,
    Line,
    Plan,
    Shift,
    outcome_of,
    rehearsal,
    see_other,
    two_steps,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.payouts.withdrawal import Withdrawal
    from tael.wallet.queries import WalletView
    from tael.web.portal.page import Visitor
    from tael.web.portal.steps import Outcome
    from tael.web.portal.typed import Field, Typed

CODE: Final = "PortalWithdraw"
PENDING: Final = frozenset({WithdrawalState.APPLIED, WithdrawalState.REVIEWED})


def _fields(visitor: Visitor) -> list[Field]:
    return [
        wallet_field(
            _views(visitor),
            label=_("Withdraw from"),
            gives=lambda view: view.figures.withdrawable,
        ),
        payee_field(visitor),
        amount_field(),
    ]


def _facts(visitor: Visitor) -> Mapping[str, object]:
    return {"views": _views(visitor)}


def _views(visitor: Visitor) -> list[WalletView]:
    """List the wallets that a bank can pay out of; points are spent, sent and exchanged here."""
    return [view for view in wallets_of(visitor) if view.wallet.currency.kind == "money"]


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    wallet = typed.own_wallet(visitor)
    amount = typed.amount(wallet)
    number = typed.number("payee")
    told = replace(instruction, code=CODE)

    def apply() -> Outcome:
        done = apply_withdrawal(wallet=wallet, amount=amount, payee=number, instruction=told)
        assert done.receipt is not None, "applying books at once"
        where = f"{reverse('portal:withdrawal', args=[done.withdrawal.pk])}?done=1"
        return outcome_of(done.receipt, where)

    return Plan(
        call=apply,
        lines=[
            Line(_("You withdraw"), money=amount, large=True),
            Line(_("Fee"), money=wallet.money(0)),
            Line(_("You will be paid"), money=amount),
            Line(_("To payee account"), payee_text(visitor, number)),
        ],
        wallets=(wallet,),
        notes=[
            _("The amount is frozen until somebody of the house has reviewed the withdrawal."),
            _("Until then you can cancel it, and the money is yours to use again."),
        ],
    )


WITHDRAW: Final = Act(
    page="withdraw",
    title=lambda: _("Withdraw"),
    button=lambda: _("Apply for the withdrawal"),
    fields=_fields,
    read=_read,
    facts=_facts,
    template="portal/withdraw.html",
    names=("wallet", "payee", "amount"),
)


@page(methods=("GET", "POST"))
def withdraw(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Apply to have money paid out."""
    return two_steps(request, visitor, WITHDRAW)


@page()
def withdrawals(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the customer's applications, newest first."""
    known = {state.value: state for state in WithdrawalState}
    asked = Asked(request.GET, ("state",))

    def found() -> dict[str, object]:
        word = asked.word("state", known) or ""
        before = before_of(request)
        listed = paged(
            lambda limit: queries.withdrawals(
                owner=visitor.customer, state=known.get(word), before=before, limit=limit
            ),
            state=word,
        )
        return {
            "rows": [_row(row) for row in listed.rows],
            "next": listed.next,
            "not_first": before is not None,
        }

    facts = {"state": asked["state"], "states": list(known)}
    return list_page(request, visitor, "portal/withdrawals.html", facts, found)


@page()
def withdrawal(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one application and what became of it."""
    row = find_withdrawal(number, owner=visitor.customer)
    facts = {**_row(row), **_payee(visitor, row), "done": request.GET.get("done") == "1"}
    return rendered(request, "portal/withdrawal.html", facts, visitor=visitor)


@page(methods=("GET", "POST"))
def cancel(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show what cancelling would do, and cancel an application that nobody has decided."""
    row = find_withdrawal(number, owner=visitor.customer)
    shown = reverse("portal:withdrawal", args=[number])
    wallet = find_wallet(row.wallet)
    facts = {**_row(row), **_payee(visitor, row)}
    if request.method == "POST":
        try:
            told = told_by(request, actor=visitor.actor, code="PortalCancel")
            cancel_withdrawal(number=number, owner=visitor.customer, instruction=told)
            return see_other(shown)
        except Refusal as refusal:
            return rendered(
                request,
                "portal/withdrawal_cancel.html",
                {**facts, "refusal": refusal},
                visitor=visitor,
                status=STATUS[refusal.because],
            )
    if row.state not in PENDING:
        return see_other(shown)
    before = figures_now([wallet])[wallet.number]
    after = books.rehearse(lambda: _after_cancelling(row, visitor))
    facts["shifts"] = [Shift(wallet, before, after.after[wallet.number])]
    return rendered(request, "portal/withdrawal_cancel.html", facts, visitor=visitor)


def _after_cancelling(row: Withdrawal, visitor: Visitor) -> Outcome:
    """Cancel in a rehearsal, to show the figures it would leave."""
    told = rehearsal(visitor)
    done = cancel_withdrawal(number=row.pk, owner=visitor.customer, instruction=told)
    assert done.receipt is not None, "cancelling books at once"
    return outcome_of(done.receipt)


def _row(row: Withdrawal) -> dict[str, object]:
    wallet = find_wallet(row.wallet)
    return {
        "withdrawal": row,
        "wallet": wallet,
        "amount": wallet.money(row.amount),
        "pending": row.state in PENDING,
    }


def _payee(visitor: Visitor, row: Withdrawal) -> dict[str, object]:
    return {"payee": "" if row.payee is None else payee_text(visitor, row.payee)}


addresses: Final = [
    path("withdraw", withdraw, name="withdraw"),
    path("withdrawals", withdrawals, name="withdrawals"),
    path("withdrawals/<number:number>", withdrawal, name="withdrawal"),
    path("withdrawals/<number:number>/cancel", cancel, name="cancel-withdrawal"),
]
