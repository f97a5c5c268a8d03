"""What every operation checks before it moves money: amount, currency, channel, customer.

All of it is read from memory; whether the funds are there is the ledger's to say, under its locks.

Source: F-05, F-38; A-F24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.channels.channel import UnknownChannel, usable
from tael.money import MAX_MINOR, AmountNotPositive, AmountTooLarge, CurrencyMismatch, Money
from tael.parties.customer import check_active
from tael.refusal import Refusal
from tael.wallet.booking import already_done

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.wallet.wallet import Wallet


def check_amount(amount: Money, wallet: Wallet, *, field: str = "amount") -> None:
    """Refuse an amount that is not above zero, too large, or in another currency than the wallet.

    Raises:
        CurrencyMismatch, AmountNotPositive, AmountTooLarge.

    Source: F-38.
    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency, field=field)
    check_positive(amount, field=field)


def check_positive(amount: Money, *, field: str = "amount") -> None:
    """Refuse an amount that is not above zero, or too large for one operation.

    Raises:
        AmountNotPositive, AmountTooLarge.

    Source: F-38.
    """
    if amount.minor <= 0:
        message = "The amount must be above zero."
        least = f"at least {Money(1, amount.currency)}"
        raise AmountNotPositive(message, field=field, there=amount.text, allowed=least)
    if amount.minor > MAX_MINOR:
        message = "The amount is too large for one operation."
        most = f"at most {Money(MAX_MINOR, amount.currency)}"
        raise AmountTooLarge(message, field=field, there=amount.text, allowed=most)


def permit(
    *,
    wallet: Wallet,
    amount: Money,
    instruction: Instruction,
    other: Wallet | None = None,
    stopped_too: bool = False,
) -> None:
    """Let an operation of this amount on this wallet begin, or refuse it.

    Args:
        other: the wallet that receives, whose owner must not have been stopped either.
        stopped_too: let it pass for a customer whose operations have been stopped; for what takes
            nothing from him and gives nothing to him.

    Raises:
        CurrencyMismatch, AmountNotPositive, AmountTooLarge: about the amount.
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: about the channel.
        UnknownCurrency, CurrencyDisabled: about the currency.
        CustomerDisabled: the owner's operations have been stopped.

    Source: F-05, F-38.
    """
    check_amount(amount, wallet)
    check_channel(instruction, wallet)
    try:
        if not stopped_too:
            check_active(wallet.owner)
            if other is not None and other.owner != wallet.owner:
                check_active(other.owner, field="to")
    except Refusal:
        if not already_done(instruction):
            raise


def check_channel(instruction: Instruction, wallet: Wallet) -> None:
    """Refuse a channel that may not be used for the wallet's currency now.

    Raises:
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: about the channel.
        UnknownCurrency, CurrencyDisabled: about the currency.

    Source: F-03, F-05.
    """
    try:
        usable(instruction.channel, wallet.currency.code)
    except UnknownChannel:
        raise  # channels are never removed, so nothing has been done over this one
    except Refusal:
        if not already_done(instruction):
            raise
