"""The price of an exchange: what arrives for an amount, by which row of the rate table.

Source: F-12, F-37, A-F20; I15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from tael.channels.rate import rates
from tael.refusal import Refusal
from tael.wallet.conversion import converted

if TYPE_CHECKING:
    from datetime import datetime

    from tael.money import Currency, Money


class ExchangeTooSmall(Refusal):
    """The amount buys less than the smallest unit of the other currency."""

    code = "exchange_too_small"
    rule: ClassVar[str] = "F-37"
    remedy = "Exchange a larger amount."


class Price(NamedTuple):
    """What is given and what arrives.

    Args:
        rate: the row of the rate table.
        rate_text: its value. remainder: what rounding left, an exact fraction as text.
    """

    given: Money
    taken: Money
    rate: int | None
    rate_text: str
    remainder: str


def price_of(amount: Money, to: Currency, at: datetime) -> Price:
    """Price an exchange at the rate in force.

    Raises:
        RateMissing: the table has none from the one currency to the other.
        ExchangeTooSmall: nothing would arrive.

    Source: F-12, F-37, A-F20; I15.
    """
    there, back = rates(amount.currency.code, to.code, at)
    result = converted(amount, there.value, to, inverse=None if back is None else back.value)
    if result.amount.is_zero:
        message = f"{amount} buys less than {to} can show."
        raise ExchangeTooSmall(message, field="amount", there=str(amount))
    text = f"{there.value.normalize():f}"
    return Price(amount, result.amount, there.pk, text, str(result.remainder))
