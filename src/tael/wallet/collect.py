"""Collecting (自動扣款): free money of a wallet pays what its owner owes on another account of the house's books.

Source: B-25; peers-settlement-invest A15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.ledger import Kind, Leg
from tael.wallet.booking import book_now, entry_for
from tael.wallet.operation import Operation
from tael.wallet.permit import permit

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.wallet.wallet import Wallet

COLLECT: Final = Kind(
    "wallet.collect",
    "Collection of a debt",
    moves=("wallet free -m", "merchant owed +m"),
)


def collect(
    *, wallet: Wallet, into: int, amount: Money, instruction: Instruction
) -> Posted | Replayed:
    """Take free money of a wallet for a debt of its owner, as the last step of the caller's transaction.

        wallet free        -amount
        merchant owed      +amount

    In the wallet's flow it is a deduction. Locked and frozen money stays.

    Args:
        into: the ledger account of the debt, one of the same owner and currency.
        amount: > 0, in the wallet's currency.

    Raises:
        InsufficientFunds, LockedFunds: the wallet has less free money.
        WalletDisabled, CustomerDisabled, and those of ``permit``.

    Source: B-25; A15.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction)
    entry = entry_for(
        kind=COLLECT,
        operation=Operation.DEDUCT,
        legs=(Leg(wallet.free, -amount.minor), Leg(into, amount.minor)),
        instruction=instruction,
    )
    return book_now(entry, wallet)
