"""Withdraw (提現): funds leave the site to a payee account; the payout itself is a separate step.

Source: F-32, F-33; seed 1, operation type 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.channels.house import channel_account
from tael.ledger import Kind, Leg
from tael.parties.payee import payee as find_payee
from tael.refusal import Refusal
from tael.wallet.booking import already_done, book, entry_for, receipt_for
from tael.wallet.hold import Capture, capture
from tael.wallet.operation import Operation
from tael.wallet.permit import permit

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.deduct import Source
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

WITHDRAW: Final = Kind(
    "wallet.withdraw", "Withdrawal", moves=("wallet free -m", "channel account +m")
)
WITHDRAW_FROZEN: Final = Kind(
    "wallet.withdraw_frozen",
    "Withdrawal from frozen funds",
    moves=("wallet frozen -m", "channel account +m"),
)


@books.repeatable
def withdraw(
    *,
    wallet: Wallet,
    amount: Money,
    payee: int,
    instruction: Instruction,
    source: Source = "liquid",
    hold: int | None = None,
    purpose: str = "",
) -> Receipt:
    """Take funds out of the site, to one of the owner's payee accounts.

        wallet free, or frozen         -amount
        channel:<channel>:<currency>   +amount

    Locked funds never leave. From frozen funds it captures the named hold, or the oldest first.

    Args:
        amount: > 0, in the wallet's currency.
        payee: number of a payee account of the wallet's owner.
        source: "liquid" (the seed's type 1) or "frozen" (type 2).
        hold: the hold to capture; naming one means "frozen".
        purpose: of the hold; without one, holds that are reserved are left alone.

    Raises:
        UnknownPayee, PayeeClosed: about the payee account.
        InsufficientFunds: there is less; LockedFunds: it is there, but locked.
        UnknownHold, HoldClosed, HoldExpired, HoldExceeded, HoldReserved: about the named hold.
        and those of ``recharge``.

    Source: F-32, F-33, F-39; A-F16, A-F18.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction)
    check_payee(payee, wallet, instruction)
    outside = channel_account(instruction.channel, wallet.currency.code)
    data = {"payee": payee}
    if source == "frozen" or hold is not None:
        asked = Capture(
            WITHDRAW_FROZEN, Operation.WITHDRAW, into=outside, data=data, purpose=purpose
        )
        return capture(wallet=wallet, amount=amount, hold=hold, what=asked, instruction=instruction)
    entry = entry_for(
        kind=WITHDRAW,
        operation=Operation.WITHDRAW,
        legs=(Leg(wallet.free, -amount.minor), Leg(outside, amount.minor)),
        instruction=instruction,
        data=data,
        content=("withdraw", wallet.number, amount.minor, outside, payee),
    )
    posted = book(entry, wallet)
    return receipt_for(posted, Operation.WITHDRAW, instruction, wallet, amount=amount)


def check_payee(number: int, wallet: Wallet, instruction: Instruction) -> None:
    """Refuse a payee account that is not the wallet's owner's, or closed.

    Raises:
        UnknownPayee, PayeeClosed.

    Source: A-F16; E-07.
    """
    try:
        find_payee(number, wallet.owner)
    except Refusal:
        if not already_done(instruction):
            raise
