"""Locked funds (鎖定資金): gift money that may be consumed and never leaves.

They stand in a ledger account of their own, so the rule needs no arithmetic: what may leave is the
free account. Consumption draws locked first, then free; everything else draws free only.

Source: F-08, F-09, F-27; A-F6, A-F7, A-F17; I7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.channels.house import house_account
from tael.ledger import Draw, Kind

if TYPE_CHECKING:
    from tael.money import Money
    from tael.wallet.wallet import Wallet

INTERNAL_CHANNELS: Final = frozenset({"Admin", "System"})
"""Channels over which nobody pays anything in (F-03): 后臺操作 and 系統操作."""

GIFT: Final = Kind(
    "wallet.gift",
    "Gift to be spent",
    mixes=True,
    moves=("house bonus -m", "wallet locked +m"),
)


def is_gift(channel: str, *, spend_only: bool) -> bool:
    """Tell whether the house itself gives the money: spend-only, and no outside payer.

    Source: F-08.
    """
    return spend_only and channel in INTERNAL_CHANNELS


def gift_account(currency: str) -> int:
    """Give the house account out of which gifts are given.

    Source: architecture, section 3 (bonus funding).
    """
    return house_account("bonus", currency)


def consumption(wallet: Wallet, amount: Money) -> Draw:
    """Draw on locked funds as far as they go, and on the rest of the liquid funds after that.

    Source: F-27, A-F8.
    """
    return Draw((wallet.locked, wallet.free), amount.minor)
