"""The seven operations on one wallet, each shown before it is done.

Source: F-01, F-23, F-26, F-28, F-30, F-31, F-32, F-35, F-37; reliability, T9.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4  # noqa: TID251 - a door makes the key of its quote

from django.urls import path, register_converter
from django.utils.translation import gettext as _

from tael.books import Instruction
from tael.money import parse_amount
from tael.parties import queries as parties
from tael.wallet import queries
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.operation import Operation
from tael.wallet.quote import quote
from tael.wallet.recharge import recharge
from tael.wallet.serial_number import business_zone
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.withdraw import withdraw
from tael.web.backoffice.operation_forms import form_for
from tael.web.backoffice.page import page
from tael.web.backoffice.two_steps import Prepared, TwoSteps, two_steps
from tael.web.look.asked import Asked, FilterMalformed
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.money import Money
    from tael.wallet.deduct import Source
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet
    from tael.web.backoffice.page import Staff

PROMISED: Final = timedelta(minutes=5)
"""For so long the rate that the first step showed is honoured by the second."""
SOURCES: Final[tuple[Source, ...]] = ("liquid", "frozen")
FIELDS: Final = (
    "amount",
    "target",
    "payee",
    "source",
    "hold",
    "expires_at",
    "spend_only",
    "quote",
    "channel",
    "info",
    "sno",
    "pno",
    "reason",
)


class OperationWord:
    """One of the seven operations in an address."""

    regex = "|".join(operation.word for operation in Operation)

    def to_python(self, value: str) -> Operation:
        """Read it."""
        return Operation[value.upper()]

    def to_url(self, value: Operation) -> str:
        """Write it."""
        return value.word


class Typed(Asked):
    """What was typed into the form of an operation on a wallet."""

    def __init__(self, request: HttpRequest, wallet: Wallet) -> None:
        """Take what was sent."""
        super().__init__(request.POST, FIELDS)
        self.wallet = wallet

    @property
    def money(self) -> Money:
        """Give the amount, in the wallet's currency."""
        return parse_amount(self["amount"], self.wallet.currency, field="amount")

    @property
    def hold(self) -> int | None:
        """Give the number of a hold, if one is named."""
        return self.number("hold")

    @property
    def other(self) -> Wallet:
        """Give the wallet that receives."""
        return find_wallet(self.number("target") or 0, field="target")

    @property
    def until(self) -> datetime | None:
        """Give a moment in the business zone."""
        if not self["expires_at"]:
            return None
        try:
            moment = datetime.fromisoformat(self["expires_at"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None or not 1970 <= moment.year < 3000:
            message = "This is no date and time."
            raise FilterMalformed(message, field="expires_at", allowed="as 2026-03-01T18:00")
        return moment.replace(tzinfo=business_zone())


@page(may="wallets.operate", methods=("GET", "POST"))
def operate(
    request: HttpRequest, staff: Staff, *, number: int, operation: Operation
) -> HttpResponse:
    """Rehearse an operation on a wallet, then carry it out."""
    wallet = find_wallet(number)

    def prepare(last: bool) -> Prepared:  # noqa: FBT001 - the form of a step
        typed = Typed(request, wallet)
        instruction = told(
            request,
            actor=staff.actor,
            channel=typed["channel"],
            info=typed["info"],
            sno=typed["sno"] or None,
            pno=typed["pno"] or None,
            code=f"Admin{operation.word.capitalize()}",
        )
        if operation is Operation.EXCHANGE:
            return _exchange(wallet, typed, instruction, last=last)
        return Prepared(lambda: _ACTS[operation](wallet, typed, instruction), typed.fields)

    steps = TwoSteps(
        template="backoffice/operation.html",
        facts={
            "wallet": wallet,
            "view": queries.wallet_view(wallet),
            "owner_name": parties.customer_names([wallet.owner]).get(wallet.owner, ""),
            "operation": operation,
        },
        form=lambda typed: form_for(operation, wallet, typed),
        prepare=prepare,
    )
    return two_steps(request, staff, steps)


def _recharge(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return recharge(
        wallet=wallet,
        amount=typed.money,
        spend_only=bool(typed["spend_only"]),
        instruction=instruction,
    )


def _deduct(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return deduct(
        wallet=wallet,
        amount=typed.money,
        source=typed.word("source", SOURCES) or "liquid",
        hold=typed.hold,
        instruction=instruction,
    )


def _transfer(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return transfer(source=wallet, target=typed.other, amount=typed.money, instruction=instruction)


def _freeze(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return freeze(
        wallet=wallet,
        amount=typed.money,
        reason=typed["reason"],
        expires_at=typed.until,
        instruction=instruction,
    )


def _unfreeze(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return unfreeze(wallet=wallet, amount=typed.money, hold=typed.hold, instruction=instruction)


def _withdraw(wallet: Wallet, typed: Typed, instruction: Instruction) -> Receipt:
    return withdraw(
        wallet=wallet,
        amount=typed.money,
        payee=typed.number("payee") or 0,
        source=typed.word("source", SOURCES) or "liquid",
        hold=typed.hold,
        instruction=instruction,
    )


def _exchange(wallet: Wallet, typed: Typed, instruction: Instruction, *, last: bool) -> Prepared:
    """Promise the rate in the first step; the second uses the promise."""
    target, amount = typed.other, typed.money
    notes: tuple[str, ...] = ()
    if last:
        number = typed.number("quote") or 0
    else:
        asked = Instruction(
            key=str(uuid4()),
            actor=instruction.actor,
            at=instruction.at,
            channel=instruction.channel,
        )
        made = quote(
            source=wallet,
            target=target,
            amount=amount,
            expires_at=instruction.at + PROMISED,
            instruction=asked,
        )
        number = made.pk
        notes = (_("The rate of %(rate)s is kept for five minutes.") % {"rate": made.rate_text},)
    return Prepared(
        lambda: exchange(
            source=wallet,
            target=target,
            amount=amount,
            quote=number,
            spend_only=bool(typed["spend_only"]),
            instruction=instruction,
        ),
        {**typed.fields, "quote": str(number)},
        notes,
    )


_ACTS: Final[dict[Operation, Callable[[Wallet, Typed, Instruction], Receipt]]] = {
    Operation.RECHARGE: _recharge,
    Operation.DEDUCT: _deduct,
    Operation.TRANSFER: _transfer,
    Operation.FREEZE: _freeze,
    Operation.UNFREEZE: _unfreeze,
    Operation.WITHDRAW: _withdraw,
}

register_converter(OperationWord, "operation")
addresses: Final = [
    path("wallets/<number:number>/<operation:operation>", operate, name="wallet-operate"),
]
