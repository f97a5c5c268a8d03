"""Exchange with points (參考積分功能): the points move in the same entry as the money.

Source: F-34, F-35, F-36; A-F11, A-F12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.channels.rate import rate
from tael.money import Money, exact_conversion
from tael.refusal import Because, Refusal
from tael.wallet.exchange import exchange, exchange_into
from tael.wallet.wallet import default_wallet

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.ledger import EntryRecord
    from tael.money import Currency
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

POINTS: Final = "POINT"
"""The currency of the customers' points."""


class PointsDoNotFit(Refusal):
    """No whole number of points buys exactly this amount at the rate in force."""

    code = "points_do_not_fit"
    because: ClassVar[Because] = "conflict"
    rule = "F-34"
    remedy = "Ask for an amount that a whole number of points buys."


def money_into_points(*, source: Wallet, amount: Money, instruction: Instruction) -> Receipt:
    """Take the money from the wallet and give the customer the points that it buys.

    Source: F-35, F-36.
    """
    return exchange_into(source=source, currency=POINTS, amount=amount, instruction=instruction)


@books.atomic
def points_into_money(
    *, target: Wallet, amount: Money, instruction: Instruction, spend_only: bool
) -> Receipt:
    """Take as many points as the amount costs, and add exactly the amount to the wallet.

    Args:
        amount: what arrives, in the wallet's currency.

    Raises:
        PointsDoNotFit: the points that cover the amount buy another one.
        RateMissing: points have no rate into the currency.
        InsufficientFunds: the customer has fewer points; and those of ``exchange``.

    Source: F-34, F-36; A-F7.
    """
    source = default_wallet(target.owner, POINTS, actor=instruction.actor, at=instruction.at)
    points = _points_taken_before(source, instruction) or _points_for(
        amount, source.currency, instruction
    )
    receipt = exchange(
        source=source,
        target=target,
        amount=points,
        instruction=instruction,
        spend_only=spend_only,
    )
    if receipt.received == amount:
        return receipt
    if receipt.replayed:
        message = "The serial number stands for another amount."
        raise ledger.KeyReused(message, field="money", there=str(receipt.received))
    message = f"{points.text} points buy {receipt.received}, not {amount}."
    raise PointsDoNotFit(message, field="money", there=str(amount), allowed=str(receipt.received))


def _points_for(amount: Money, points: Currency, instruction: Instruction) -> Money:
    """Give the fewest points that are worth the amount."""
    price = rate(points.code, amount.currency.code, instruction.at).value
    worth_of_one = exact_conversion(Money(1, points), price, amount.currency)
    return Money(-(-amount.minor // worth_of_one), points)


def _points_taken_before(source: Wallet, instruction: Instruction) -> Money | None:
    """Give what a repeated request took the first time: the rate may have changed since."""
    before = entry_written(instruction)
    if before is None:
        return None
    taken = -sum(leg.amount for leg in before.legs if leg.account == source.free)
    return source.money(taken) if taken > 0 else None


def entry_written(instruction: Instruction) -> EntryRecord | None:
    """Give the entry that the same serial number has written before; None for a new request.

    Source: A-F2 as amended.
    """
    connection = books.connection()
    for key in instruction.entry_keys().aliases:
        found = ledger.find_entry(connection, key)
        if found is not None:
            return found
    return None
