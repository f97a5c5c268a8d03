"""Sending money to another wallet of the site (轉賬), after seeing whose it is.

Source: F-28, F-29; reliability T9, T22.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from django.urls import path
from django.utils.translation import gettext as _

from tael.parties.customer import UnknownCustomer, customer
from tael.parties.masking import masked_name
from tael.refusal import Refusal
from tael.wallet.transfer import transfer, transfer_to_customer
from tael.wallet.wallet import UnknownWallet, find_wallet
from tael.wallet.wallet import wallet as any_wallet
from tael.web.portal.own import amount_field, wallet_field, wallets_of
from tael.web.portal.page import page
from tael.web.portal.steps import Act, Line, Plan, outcome_of, two_steps
from tael.web.portal.typed import Choice, Field

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor
    from tael.web.portal.steps import Outcome
    from tael.web.portal.typed import Typed

CODE: Final = "PortalTransfer"


class Receiver(NamedTuple):
    """Who is to get the money: his number, and his wallet if he has one of the currency."""

    customer: int
    wallet: Wallet | None


def _fields(visitor: Visitor) -> list[Field]:
    return [
        wallet_field(
            wallets_of(visitor),
            label=_("Send from"),
            gives=lambda view: view.figures.withdrawable,
            text=_("Locked money stays: it may be spent, and cannot be sent on."),
        ),
        Field(
            name="by",
            label=_("Send to"),
            kind="select",
            choices=[
                Choice("customer", _("a customer, by customer number")),
                Choice("wallet", _("a wallet, by wallet number")),
            ],
        ),
        Field(
            name="to",
            label=_("Number of the receiver"),
            kind="number",
            longest=18,
            help=_("You will see the beginning of the receiver's name before you confirm."),
        ),
        amount_field(),
        Field(name="info", label=_("What it is for"), optional=True, longest=200),
    ]


def _read(typed: Typed, visitor: Visitor, instruction: Instruction) -> Plan:
    source = typed.own_wallet(visitor)
    receiver = _receiver(typed, source)
    amount = typed.amount(source)
    told = replace(instruction, info=typed["info"], code=CODE)
    own = receiver.customer == visitor.customer
    lines = [
        Line(_("You send"), money=amount, large=True),
        Line(_("Fee"), money=source.money(0)),
        Line(_("To customer"), str(receiver.customer)),
        Line(_("Name"), visitor.name if own else _masked(receiver.customer)),
        Line(_("Into wallet"), _wallet_text(receiver, source)),
        Line(_("What it is for"), typed["info"]),
    ]

    def send() -> Outcome:
        try:
            if receiver.wallet is None:
                receipt = transfer_to_customer(
                    source=source, to=receiver.customer, amount=amount, instruction=told
                )
            else:
                receipt = transfer(
                    source=source, target=receiver.wallet, amount=amount, instruction=told
                )
        except Refusal as refusal:
            if refusal.field == "target":  # the form's field of who receives
                refusal.field = "to"
            raise
        return outcome_of(receipt)

    return Plan(
        call=send,
        lines=[line for line in lines if line.text or line.money is not None],
        wallets=(source, receiver.wallet) if own and receiver.wallet else (source,),
        notes=[
            _(
                "Is this who you mean? The money arrives at once, and only the receiver can return it."
            )
        ],
    )


def _receiver(typed: Typed, source: Wallet) -> Receiver:
    """Find who is to get the money, by the number of a wallet or of a customer.

    Raises:
        UnknownWallet, UnknownCustomer, CustomerDisabled: nobody can.
    """
    number = typed.number("to")
    if typed["by"] == "wallet":
        if not number:
            message = "There is no such wallet."
            raise UnknownWallet(message, field="to", there=typed["to"][:32])
        found = any_wallet(number, field="to")
        return Receiver(found.owner, found)
    if not number:
        message = "There is no such customer."
        raise UnknownCustomer(message, field="to", there=typed["to"][:32])
    customer(number, field="to")
    return Receiver(number, find_wallet(number, source.currency.code))


def _masked(number: int) -> str:
    return masked_name(customer(number, field="to").name)


def _wallet_text(receiver: Receiver, source: Wallet) -> str:
    if receiver.wallet is None:
        return _("a new one in %(currency)s") % {"currency": source.currency.code}
    return f"{receiver.wallet.number} {receiver.wallet.currency.code}"


TRANSFER: Final = Act(
    page="transfer",
    title=lambda: _("Transfer"),
    button=lambda: _("Send now"),
    fields=_fields,
    read=_read,
    facts=lambda visitor: {"views": wallets_of(visitor)},
    template="portal/transfer.html",
    names=("wallet", "by", "to", "amount", "info"),
)


@page(methods=("GET", "POST"))
def send(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send money to somebody."""
    return two_steps(request, visitor, TRANSFER)


addresses: Final = [path("transfer", send, name="transfer")]
