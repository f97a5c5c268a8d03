"""Exchanging between one's own wallets (兌換), points included, at a rate that is shown and kept.

Source: F-34 to F-37; reliability T9.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4  # noqa: TID251 - a door makes keys

from django.urls import path
from django.utils.translation import gettext as _

from tael import ledger
from tael.channels import queries as channels
from tael.wallet.booking import already_done
from tael.wallet.exchange import exchange
from tael.wallet.quote import quote
from tael.wallet.transfer import SameWallet
from tael.web.portal.own import amount_field, wallet_field, wallets_of
from tael.web.portal.page import page
from tael.web.portal.steps import Act, Line, Plan, outcome_of, two_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor
    from tael.web.portal.typed import Field, Typed

CODE: Final = "PortalExchange"
PROMISED: Final = timedelta(seconds=60)


def _fields(visitor: Visitor) -> list[Field]:
    views = wallets_of(visitor)
    return [
        wallet_field(
            views,
            label=_("Give from"),
            gives=lambda view: view.figures.withdrawable,
            text=_("Locked money stays: it may be spent, and cannot be exchanged."),
        ),
        wallet_field([*views[1:], *views[:1]], label=_("Receive into"), name="target"),
        amount_field(
            text=_("What you give, as in 1234.50. What arrives is shown before you confirm.")
        ),
    ]


def _facts(visitor: Visitor) -> Mapping[str, object]:
    """Give the rates in force between the currencies that the customer has wallets in."""
    own = {view.wallet.currency.code for view in wallets_of(visitor)}
    now = datetime.now(UTC)  # noqa: TID251 - the caller's clock
    return {
        "rates": [
            (rate, f"{rate.value.normalize():f}")
            for rate in channels.rates(at=now)
            if rate.from_currency in own and rate.to_currency in own
        ]
    }


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    source = typed.own_wallet(visitor)
    target = typed.own_wallet(visitor, "target")
    amount = typed.amount(source)
    if source == target:
        message = "A wallet cannot be exchanged with itself."
        raise SameWallet(message, field="target", there=str(target.number))
    told = replace(instruction, code=CODE)
    if source.currency == target.currency:
        return _at_par(source, target, amount, told)
    return _quoted(source, target, amount, told, number=typed.number("quote"))


def _quoted(
    source: Wallet, target: Wallet, amount: Money, told: Instruction, *, number: int
) -> Plan:
    """Plan an exchange at promised figures; without the number of a quote one is made now.

    Raises:
        KeyReused: the form's key has carried out an exchange at another quote.
    """
    lines = [Line(_("You give"), money=amount, large=True)]
    if not number:
        if already_done(told):
            message = "This form has been carried out before."
            raise ledger.KeyReused(message, field="key")
        made = quote(
            source=source,
            target=target,
            amount=amount,
            expires_at=told.at + PROMISED,
            instruction=replace(told, key=str(uuid4())),
        )
        number = made.pk
        rate = f"1 {source.currency.code} = {made.rate_text} {target.currency.code}"
        lines += [
            Line(_("You receive"), money=target.money(made.amount_in), large=True),
            Line(_("Rate"), rate),
            Line(_("Fee"), money=source.money(0)),
        ]
    return Plan(
        call=lambda: outcome_of(
            exchange(source=source, target=target, amount=amount, instruction=told, quote=number)
        ),
        lines=lines,
        wallets=(source, target),
        notes=[
            _("These figures are promised for %(seconds)s seconds. After that, ask again.")
            % {"seconds": int(PROMISED.total_seconds())}
        ],
        keep={"quote": str(number)},
    )


def _at_par(source: Wallet, target: Wallet, amount: Money, told: Instruction) -> Plan:
    """Plan an exchange within one currency, where nothing is converted."""
    return Plan(
        call=lambda: outcome_of(
            exchange(source=source, target=target, amount=amount, instruction=told)
        ),
        lines=[
            Line(_("You give"), money=amount, large=True),
            Line(_("You receive"), money=amount, large=True),
            Line(_("Fee"), money=source.money(0)),
        ],
        wallets=(source, target),
    )


EXCHANGE: Final = Act(
    page="exchange",
    title=lambda: _("Exchange"),
    button=lambda: _("Exchange now"),
    fields=_fields,
    read=_read,
    facts=_facts,
    template="portal/exchange.html",
    names=("wallet", "target", "amount", "quote"),
)


@page(methods=("GET", "POST"))
def swap(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Exchange between one's own wallets."""
    return two_steps(request, visitor, EXCHANGE)


addresses: Final = [path("exchange", swap, name="exchange")]
