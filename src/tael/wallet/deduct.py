"""Deduct (扣費): the house takes a charge, from liquid funds or from frozen ones.

Source: F-26, F-27; seed 1, operation type 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from tael import books
from tael.channels.house import house_account
from tael.ledger import Kind, Leg
from tael.wallet.booking import book, entry_for, receipt_for
from tael.wallet.hold import Capture, capture
from tael.wallet.locked_funds import consumption
from tael.wallet.operation import Operation
from tael.wallet.permit import permit

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

Source = Literal["liquid", "frozen"]

DEDUCT: Final = Kind(
    "wallet.deduct",
    "Deduction",
    mixes=True,
    moves=("wallet locked, then free -m", "house income +m"),
)
DEDUCT_FROZEN: Final = Kind(
    "wallet.deduct_frozen",
    "Deduction from frozen funds",
    mixes=True,
    moves=("wallet frozen -m", "house income +m"),
)


@books.repeatable
def deduct(
    *,
    wallet: Wallet,
    amount: Money,
    instruction: Instruction,
    source: Source = "liquid",
    hold: int | None = None,
) -> Receipt:
    """Take a charge from a wallet.

        wallet locked, then free       -amount      from liquid funds
        wallet frozen                  -amount      from frozen funds
        house:income:<currency>        +amount

    From frozen funds it captures the named hold, or the oldest ones first, and never takes the rest
    from liquid funds.

    Args:
        amount: > 0, in the wallet's currency.
        source: "liquid" (the seed's type 1) or "frozen" (type 2).
        hold: the hold to capture; naming one means "frozen".

    Raises:
        InsufficientFunds: the source holds less; the refusal names the wallet's figures.
        UnknownHold, HoldClosed, HoldExpired, HoldExceeded: about the named hold.
        and those of ``recharge``.

    Source: F-26, F-27, F-39; A-F8.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction)
    income = house_account("income", wallet.currency.code)
    if source == "frozen" or hold is not None:
        asked = Capture(DEDUCT_FROZEN, Operation.DEDUCT, into=income)
        return capture(wallet=wallet, amount=amount, hold=hold, what=asked, instruction=instruction)
    entry = entry_for(
        kind=DEDUCT,
        operation=Operation.DEDUCT,
        legs=(consumption(wallet, amount), Leg(income, amount.minor)),
        instruction=instruction,
    )
    posted = book(entry, wallet)
    return receipt_for(posted, Operation.DEDUCT, instruction, wallet, amount=amount)
