"""Recharging over a payment provider (接口充值): the order is made here, the money comes on the provider's word.

Source: F-25, SM-01; reliability T8, T9.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import path, reverse
from django.utils.translation import gettext as _

from tael.channels import queries as channels
from tael.channels.channel import usable
from tael.channels.gateways.registry import gateway, gateway_channels
from tael.wallet.recharge_order import create_order
from tael.web.look.formats import spaced
from tael.web.portal.own import amount_field, channel_name, wallet_field, wallets_of
from tael.web.portal.page import page
from tael.web.portal.steps import Act, Line, Outcome, Plan, two_steps
from tael.web.portal.typed import Choice, Field

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.channels.channel import Channel
    from tael.web.portal.page import Visitor
    from tael.web.portal.typed import Typed

CODE: Final = "PortalRecharge"
TO_BE_PAID_WITHIN: Final = timedelta(hours=2)


def _fields(visitor: Visitor) -> list[Field]:
    behind = set(gateway_channels())
    return [
        wallet_field(wallets_of(visitor), label=_("Recharge into")),
        Field(
            name="channel",
            label=_("Pay over"),
            kind="select",
            choices=[
                Choice(channel.identifier, _channel_text(channel))
                for channel in channels.channels()
                if channel.enabled and channel.identifier in behind
            ],
            help=_("You pay on the page of the payment provider, in the currency of the wallet."),
        ),
        amount_field(),
    ]


def _channel_text(channel: Channel) -> str:
    name = channel_name(channel.identifier, channel.name)
    return name if channel.currencies == "ALL" else f"{name}: {spaced(channel.currencies)}"


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    wallet = typed.own_wallet(visitor)
    channel = usable(typed["channel"], wallet.currency.code)
    gateway(channel.identifier)
    amount = typed.amount(wallet)
    told = replace(instruction, channel=channel.identifier, code=CODE)

    def order() -> Outcome:
        made = create_order(
            owner=visitor.customer,
            wallet=wallet,
            amount=amount,
            instruction=told,
            expires_at=told.at + TO_BE_PAID_WITHIN,
        )
        made_before = made.created_at != told.at
        return Outcome(reverse("portal:order", args=[made.pk]), made_before, {})

    return Plan(
        call=order,
        lines=[
            Line(_("You pay"), money=amount, large=True),
            Line(_("Over"), channel_name(channel.identifier, channel.name)),
            Line(_("Into wallet"), f"{wallet.number} {wallet.currency.code}"),
            Line(_("Fee"), money=wallet.money(0)),
        ],
        wallets=(),
        notes=[
            _("Nothing is taken yet: this makes an order, and you pay it at the provider."),
            _("The wallet is credited when the provider has confirmed the payment to us."),
        ],
    )


RECHARGE: Final = Act(
    page="recharge",
    title=lambda: _("Recharge"),
    button=lambda: _("Make the order"),
    fields=_fields,
    read=_read,
    template="portal/recharge.html",
    names=("wallet", "channel", "amount"),
)


@page(methods=("GET", "POST"))
def recharge(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a recharge order."""
    return two_steps(request, visitor, RECHARGE)


addresses: Final = [path("recharge", recharge, name="recharge")]
