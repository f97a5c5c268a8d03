"""Paying the site out of a wallet (消費): locked money goes first, free money after it.

Source: F-26, F-27; reliability T9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.urls import path
from django.utils.translation import gettext as _

from tael.wallet.deduct import deduct
from tael.wallet.figures import figures_now
from tael.web.portal.own import amount_field, wallet_field, wallets_of
from tael.web.portal.page import page
from tael.web.portal.steps import Act, Line, Plan, outcome_of, two_steps
from tael.web.portal.typed import Field

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.web.portal.page import Visitor
    from tael.web.portal.typed import Typed

CODE: Final = "PortalPay"


def _fields(visitor: Visitor) -> list[Field]:
    return [
        wallet_field(
            wallets_of(visitor),
            label=_("Pay from"),
            gives=lambda view: view.figures.liquid,
            text=_("Locked money can be used here; it is spent first."),
        ),
        amount_field(),
        Field(
            name="pno",
            label=_("Merchant's number"),
            optional=True,
            longest=64,
            help=_("The number on the bill or order that you pay, if there is one."),
        ),
        Field(name="info", label=_("What it is for"), optional=True, longest=200),
    ]


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    wallet = typed.own_wallet(visitor)
    amount = typed.amount(wallet)
    told = replace(instruction, pno=typed["pno"] or None, info=typed["info"], code=CODE)
    locked = min(amount.minor, figures_now([wallet])[wallet.number].locked.minor)
    lines = [
        Line(_("You pay"), money=amount, large=True),
        Line(_("Of it from locked money"), money=wallet.money(locked)),
        Line(_("Fee"), money=wallet.money(0)),
        Line(_("Merchant's number"), typed["pno"]),
        Line(_("What it is for"), typed["info"]),
    ]
    return Plan(
        call=lambda: outcome_of(deduct(wallet=wallet, amount=amount, instruction=told)),
        lines=[line for line in lines if line.text or line.money is not None],
        wallets=(wallet,),
        notes=[_("The money is taken at once. Only the site can give it back.")],
    )


PAY: Final = Act(
    page="pay",
    title=lambda: _("Pay"),
    button=lambda: _("Pay now"),
    fields=_fields,
    read=_read,
    facts=lambda visitor: {"views": wallets_of(visitor)},
    template="portal/pay.html",
    names=("wallet", "amount", "pno", "info"),
)


@page(methods=("GET", "POST"))
def pay(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Pay the site."""
    return two_steps(request, visitor, PAY)


addresses: Final = [path("pay", pay, name="pay")]
