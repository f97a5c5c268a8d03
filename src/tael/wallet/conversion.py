"""How much arrives in an exchange: half up, and never in a way that rounding could be farmed.

PURE: no database, no clock.

Source: F-37, A-F20; I15, T28; docs/decisions, exchange rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tael.money import DOWN, HALF_UP, Money, exact_conversion, round_ratio

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from tael.money import Currency


@dataclass(frozen=True, slots=True)
class Conversion:
    """What arrives, and what the rounding left.

    Args:
        remainder: exact result less what arrives, in minor units of the target; between -1/2 and 1,
            below zero where it was rounded up.
    """

    amount: Money
    remainder: Fraction


def converted(
    amount: Money, rate: Decimal, to: Currency, *, inverse: Decimal | None = None
) -> Conversion:
    """Convert an amount, rounding half up unless that would be worth more than what was given.

    Where the table also has the way back, one target unit is valued half way between its two prices,
    ``v = (inverse + 1/rate) / 2``; a result that is worth more than the amount at that value is
    rounded down instead. Every exchange then lowers the value of what a customer holds, or leaves it,
    so no sequence of splits and round trips gains.

    Args:
        rate: units of ``to`` for one unit of the amount's currency.
        inverse: units of the amount's currency for one unit of ``to``; None when it is not sold back.

    Source: F-37, A-F20; I15.

    >>> from decimal import Decimal
    >>> from tael.money import iso_currency
    >>> usd, cny = iso_currency("USD"), iso_currency("CNY")
    >>> str(converted(Money(100, usd), Decimal("7.115"), cny).amount)
    '7.12 CNY'
    >>> str(converted(Money(100, usd), Decimal("7.115"), cny, inverse=Decimal("0.1405")).amount)
    '7.11 CNY'
    >>> str(converted(Money(100, usd), Decimal("7.115"), cny, inverse=Decimal("0.1389")).amount)
    '7.12 CNY'
    """
    exact = exact_conversion(amount, rate, to)
    arrives = round_ratio(exact.numerator, exact.denominator, HALF_UP)
    if inverse is not None and arrives > exact:
        price = amount.minor / exact  # minor units given for one minor unit of the target
        back = exact_conversion(Money(1, to), inverse, amount.currency)
        if arrives * (back + price) / 2 > amount.minor:
            arrives = round_ratio(exact.numerator, exact.denominator, DOWN)
    return Conversion(Money(arrives, to), exact - arrives)
