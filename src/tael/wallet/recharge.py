"""Recharge (充值): funds come in from a channel and are liquid at once.

Source: F-23; seed 1, operation type 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.channels.house import channel_account
from tael.ledger import Kind, Leg
from tael.wallet.booking import book, entry_for, receipt_for
from tael.wallet.locked_funds import GIFT, gift_account, is_gift
from tael.wallet.operation import Operation
from tael.wallet.permit import permit
from tael.wallet.wallet import default_wallet, find_wallet

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

RECHARGE: Final = Kind(
    "wallet.recharge",
    "Recharge",
    moves=("channel account -m", "wallet free +m, or locked +m when it is to be spent only"),
)


@books.repeatable
def recharge(
    *, wallet: Wallet, amount: Money, instruction: Instruction, spend_only: bool = False
) -> Receipt:
    """Bring funds into a wallet; they are liquid at once.

        channel:<channel>:<currency>   -amount
        wallet free                    +amount      (locked, when ``spend_only``)

    Gift money over an internal channel (Admin, System) comes out of `house:bonus:<currency>`
    instead: nobody paid it in.

    Args:
        amount: > 0, in the wallet's currency.
        spend_only: the money may be consumed and never leave (locked funds, F-08).

    Raises:
        CurrencyMismatch, AmountNotPositive, AmountTooLarge: about the amount.
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: about the channel.
        CustomerDisabled, WalletDisabled, CurrencyDisabled: switched off.
        KeyReused: the key or serial number stands for something else.

    Source: F-23, F-39; A-F17 as amended.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction)
    code = wallet.currency.code
    gift = is_gift(instruction.channel, spend_only=spend_only)
    source = gift_account(code) if gift else channel_account(instruction.channel, code)
    entry = entry_for(
        kind=GIFT if gift else RECHARGE,
        operation=Operation.RECHARGE,
        legs=(
            Leg(source, -amount.minor),
            Leg(wallet.locked if spend_only else wallet.free, amount.minor),
        ),
        instruction=instruction,
    )
    posted = book(entry, wallet)
    return receipt_for(posted, Operation.RECHARGE, instruction, wallet, amount=amount)


@books.repeatable
def recharge_customer(
    *, owner: int, amount: Money, instruction: Instruction, spend_only: bool = False
) -> Receipt:
    """Bring funds into a customer's default wallet, which is opened with it if he has none.

    A refused recharge opens nothing. The receipt names the wallet.

    Raises:
        UnknownCustomer: there is no such customer; else as ``recharge``.

    Source: F-23, A-F5; I36.
    """
    found = find_wallet(owner, amount.currency.code)
    if found is not None:
        return recharge(wallet=found, amount=amount, instruction=instruction, spend_only=spend_only)
    return _first_recharge(
        owner=owner, amount=amount, instruction=instruction, spend_only=spend_only
    )


@books.atomic
def _first_recharge(
    *, owner: int, amount: Money, instruction: Instruction, spend_only: bool
) -> Receipt:
    opened = default_wallet(owner, amount.currency.code, actor=instruction.actor, at=instruction.at)
    return recharge(wallet=opened, amount=amount, instruction=instruction, spend_only=spend_only)
