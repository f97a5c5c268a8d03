"""The seven operations as seed 1 calls them: parameters in, one call of the domain, a result out.

Source: F-19 to F-37; E-01.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.cmspro import reviewed
from tael.cmspro.points import money_into_points, points_into_money
from tael.cmspro.result import Result
from tael.ledger import OutcomeUnknown
from tael.payouts.withdrawal import apply_withdrawal
from tael.refusal import Because, Refusal
from tael.wallet.card import redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge, recharge_customer
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.transfer import transfer, transfer_to_customer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.withdraw import withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tael.cmspro.data import Data
    from tael.payouts.withdrawal import AppliedWithdrawal
    from tael.wallet.receipt import Receipt

CREATE: Final = 2
SUCCESS: Final = 1
LIQUID: Final = 1
FROZEN: Final = 2
OUT: Final = 1
IN: Final = 2
BETWEEN: Final = 3

APPLICATION: Final = "UserWithdraw"
THAW_BY_STAFF: Final = "AdminThaw"
CARD_CHANNEL: Final = "KeyCard"

# The domain's names of inputs, in the words of the seed's table of parameters.
PARAMETER: Final = {
    "amount": "money",
    "currency": "ctype",
    "channel": "mtype",
    "customer": "uid",
    "owner": "uid",
    "order": "logid",
    "payee": "cardb",
    "source": "carda",
    "target": "cardb",
}


class CardWorthDiffers(Refusal):
    """The card is worth another amount than the recharge says."""

    code = "card_worth_differs"
    because: ClassVar[Because] = "conflict"
    rule = "F-24"
    remedy = "Check the card first, and recharge with what it is worth."


def carry_out(data: Data) -> Result:
    """Carry out one call; what a rule refuses is a result that is false.

    Raises:
        OutcomeUnknown: the database went away and nobody knows; it must not pass for a failure. The
            call may be repeated with the same serial number.

    Source: A-F15.
    """
    try:
        return OPERATIONS[data.operation](data)
    except OutcomeUnknown:
        raise
    except Refusal as refusal:
        return refused(refusal, data.operation)


def refused(refusal: Refusal, operation: Operation | None) -> Result:
    """Give the result of a refusal, its field named as the caller wrote it.

    Source: A-F15, F-38.
    """
    facts: Mapping[str, object] = refusal.as_dict()
    if refusal.field is not None:
        facts = {**facts, "field": PARAMETER.get(refusal.field, refusal.field)}
    return Result(ok=False, operation=operation, error=facts)


def _recharge(data: Data) -> Result:
    """Recharge directly, by card, or by interface in two steps (F-23, F-24, F-25)."""
    if data.has("status"):
        step = data.choice("status", CREATE, SUCCESS)
        return _create(data) if step == CREATE else _success(data)
    instruction = data.instruction()
    if instruction.channel == CARD_CHANNEL or data.has("card"):
        return _done(_by_card(data))
    amount = data.amount(data.currency())
    if data.has("cardb"):
        receipt = recharge(
            wallet=data.wallet("cardb"),
            amount=amount,
            spend_only=data.spend_only,
            instruction=instruction,
        )
    else:
        receipt = recharge_customer(
            owner=data.number("uid"),
            amount=amount,
            spend_only=data.spend_only,
            instruction=instruction,
        )
    return _done(receipt)


@books.atomic
def _by_card(data: Data) -> Receipt:
    """Check the card, use it and credit it, all in one transaction; it must be worth `money`."""
    amount = data.amount(data.currency())
    receipt = redeem_card(
        code=data.needed_text("card"),
        owner=data.number("uid"),
        wallet=data.wallet("cardb") if data.has("cardb") else None,
        instruction=data.instruction(),
    )
    if receipt.amount != amount:
        worth = str(receipt.amount)
        message = f"The card is worth {worth}."
        raise CardWorthDiffers(message, field="money", there=str(amount), allowed=worth)
    return receipt


def _create(data: Data) -> Result:
    """Create the order of an interface recharge; its number is the `logid` (F-25, step 1)."""
    order = create_order(
        owner=data.number("uid"),
        amount=data.amount(data.currency()),
        wallet=data.wallet("cardb") if data.has("cardb") else None,
        spend_only=data.spend_only,
        instruction=data.instruction(),
    )
    return Result(ok=True, operation=data.operation, account=order.wallet, logid=order.pk)


def _success(data: Data) -> Result:
    """Credit an order after the payment has been verified (F-25, step 2)."""
    logid = data.number("logid")
    receipt = confirm_order(
        order=logid,
        owner=data.number("uid"),
        amount=data.amount(data.currency()),
        wallet=data.number("cardb") if data.has("cardb") else None,
        instruction=data.instruction(),
    )
    return replace(_done(receipt), logid=logid)


def _deduct(data: Data) -> Result:
    """Take a charge from liquid funds (type 1) or frozen ones (type 2) (F-26, F-27)."""
    kind = data.choice("type", LIQUID, FROZEN)
    receipt = deduct(
        wallet=data.wallet("carda"),
        amount=data.amount(data.currency()),
        source="frozen" if kind == FROZEN else "liquid",
        instruction=data.instruction(),
    )
    return _done(receipt)


def _transfer(data: Data) -> Result:
    """Move funds to another customer's fund account, by default his own of the currency (F-28)."""
    source = data.wallet("carda")
    amount = data.amount(data.currency())
    if data.has("cardb"):
        target = data.wallet("cardb", owner="to")
        instruction = data.instruction()
        return _done(transfer(source=source, target=target, amount=amount, instruction=instruction))
    to = data.number("to")
    return _done(
        transfer_to_customer(source=source, to=to, amount=amount, instruction=data.instruction())
    )


def _freeze(data: Data) -> Result:
    """Set funds aside; with the code UserWithdraw it is an application to withdraw (F-30, F-33)."""
    wallet = data.wallet("carda")
    amount = data.amount(data.currency())
    instruction = data.instruction()
    if data.code != APPLICATION:
        return _done(freeze(wallet=wallet, amount=amount, instruction=instruction))
    applied = apply_withdrawal(wallet=wallet, amount=amount, payee=None, instruction=instruction)
    return _decided(applied)


def _unfreeze(data: Data) -> Result:
    """Make frozen funds liquid again; with AdminThaw the matching application is refused (F-31, F-33)."""
    wallet = data.wallet("carda")
    amount = data.amount(data.currency())
    instruction = data.instruction()
    if data.code == THAW_BY_STAFF:
        returned = reviewed.refuse(wallet=wallet, amount=amount, instruction=instruction)
        if returned is not None:
            return _decided(returned)
    return _done(unfreeze(wallet=wallet, amount=amount, instruction=instruction))


def _withdraw(data: Data) -> Result:
    """Pay out of liquid funds (type 1), or approve the matching application (type 2) (F-32, F-33)."""
    kind = data.choice("type", LIQUID, FROZEN)
    wallet = data.wallet("carda")
    amount = data.amount(data.currency())
    payee = data.number("cardb")
    instruction = data.instruction()
    if kind == LIQUID:
        return _done(withdraw(wallet=wallet, amount=amount, payee=payee, instruction=instruction))
    return _decided(
        reviewed.approve(wallet=wallet, amount=amount, payee=payee, instruction=instruction)
    )


def _exchange(data: Data) -> Result:
    """Exchange with points (types 1 and 2) or between currencies (type 3) (F-34 to F-37).

    The direction is the type's alone; the seed's codes for points are swapped (A-F11).
    """
    kind = data.choice("type", OUT, IN, BETWEEN)
    instruction = data.instruction()
    if kind == IN:
        receipt = points_into_money(
            target=data.wallet("cardb"),
            amount=data.amount(data.currency()),
            spend_only=data.spend_only,
            instruction=instruction,
        )
        return _done(receipt)
    source = data.wallet("carda")
    if kind == OUT:
        amount = data.amount(data.currency())
        return _done(money_into_points(source=source, amount=amount, instruction=instruction))
    amount = data.amount(data.currency() if data.has("ctype") else source.currency)
    target = data.wallet("cardb")
    return _done(exchange(source=source, target=target, amount=amount, instruction=instruction))


def _done(receipt: Receipt) -> Result:
    return Result(
        ok=True,
        operation=receipt.operation,
        flow_ids=(receipt.entry_id,),
        account=receipt.touched[-1].number,
        replayed=receipt.replayed,
    )


def _decided(decided: AppliedWithdrawal) -> Result:
    assert decided.receipt is not None  # an approval that would have to wait is refused here
    return replace(_done(decided.receipt), application=decided.withdrawal.pk)


OPERATIONS: Final[Mapping[Operation, Callable[[Data], Result]]] = {
    Operation.RECHARGE: _recharge,
    Operation.DEDUCT: _deduct,
    Operation.TRANSFER: _transfer,
    Operation.FREEZE: _freeze,
    Operation.UNFREEZE: _unfreeze,
    Operation.WITHDRAW: _withdraw,
    Operation.EXCHANGE: _exchange,
}
