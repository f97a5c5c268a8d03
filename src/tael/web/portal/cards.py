"""Redeeming a card (點卡充值): what it is worth is shown before it is used.

Source: F-24, SM-03; reliability T9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.urls import path
from django.utils.translation import gettext as _

from tael.wallet.booking import already_done
from tael.wallet.card import check_card, redeem_card
from tael.wallet.wallet import find_wallet
from tael.web.portal.page import page
from tael.web.portal.steps import Act, Line, Plan, outcome_of, two_steps
from tael.web.portal.typed import Field

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.web.portal.page import Visitor
    from tael.web.portal.steps import Outcome
    from tael.web.portal.typed import Typed

CODE: Final = "PortalCard"


def _fields(_visitor: Visitor) -> list[Field]:
    return [
        Field(
            name="code",
            label=_("Code on the card"),
            longest=64,
            help=_("Capitals, spaces and dashes do not matter."),
        )
    ]


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    told = replace(instruction, code=CODE)
    code = typed["code"]

    def redeem() -> Outcome:
        return outcome_of(redeem_card(code=code, owner=visitor.customer, instruction=told))

    if already_done(told):
        return Plan(call=redeem, lines=(), wallets=())
    worth = check_card(code=code, at=told.at)
    currency = worth.amount.currency.code
    into = find_wallet(visitor.customer, currency)
    lines = [
        Line(_("The card is worth"), money=worth.amount, large=True),
        Line(
            _("Into wallet"),
            f"{into.number} {currency}"
            if into
            else _("a new one in %(currency)s") % {"currency": currency},
        ),
    ]
    notes = [_("A card can be redeemed once.")]
    if worth.spend_only:
        notes.append(_("The money of this card is locked: it may be spent, and not withdrawn."))
    return Plan(call=redeem, lines=lines, wallets=(into,) if into else (), notes=notes)


REDEEM: Final = Act(
    page="redeem",
    title=lambda: _("Redeem a card"),
    button=lambda: _("Redeem now"),
    fields=_fields,
    read=_read,
    template="portal/redeem.html",
    names=("code",),
)


@page(methods=("GET", "POST"))
def redeem_a_card(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Redeem a card."""
    return two_steps(request, visitor, REDEEM)


addresses: Final = [path("redeem", redeem_a_card, name="redeem")]
