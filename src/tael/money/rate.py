"""Exchange rates (匯率) and conversion by them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tael.money.money import Money
from tael.money.rounding import HALF_UP, ratio, round_ratio
from tael.refusal import Refusal

if TYPE_CHECKING:
    from tael.money.currency import Currency
    from tael.money.rounding import Rounding

MAX_DIGITS: Final = 12
MAX_TEXT: Final = 64
SHAPE: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")


class RateMalformed(Refusal):
    """The rate is not text of plain digits with at most one decimal point."""

    code = "rate_malformed"
    rule = "F-12"
    remedy = (
        "Write the digits 0 to 9 with a point before the decimals, without sign and separators."
    )


class RateOutOfRange(Refusal):
    """The rate has more digits than a rate may have."""

    code = "rate_out_of_range"
    rule = "F-12"
    remedy = "Use at most 12 digits before the point and 12 behind it."


class RateNotPositive(Refusal):
    """The rate is zero."""

    code = "rate_not_positive"
    rule = "F-12"
    remedy = "Send a rate above zero; to stop an exchange, remove its rate."


def parse_rate(text: object, *, field: str = "rate") -> Decimal:
    """Read a rate that came from outside, by the same shape as an amount.

    Args:
        text: what came in, of any type; only ``str`` can be accepted.
    Raises:
        RateMalformed: not plain digits.
        RateOutOfRange: more than 12 digits before or behind the point.
        RateNotPositive: zero.
    Source: F-12.

    >>> parse_rate("7.1234")
    Decimal('7.1234')
    """
    shape = f"up to {MAX_DIGITS} digits and up to {MAX_DIGITS} decimals"
    if not isinstance(text, str):
        raise RateMalformed(
            "A rate is sent as text, so that it arrives exactly.",
            field=field,
            there=type(text).__name__,
            allowed=shape,
        )
    found = SHAPE.fullmatch(text) if len(text) <= MAX_TEXT else None
    if found is None:
        raise RateMalformed("This is no rate.", field=field, there=repr(text[:32]), allowed=shape)
    if len(found[1]) > MAX_DIGITS or len(found[2] or "") > MAX_DIGITS:
        raise RateOutOfRange(
            "The rate has too many digits.", field=field, there=text, allowed=shape
        )
    rate = Decimal(text)
    if rate == 0:
        raise RateNotPositive(
            "The rate must be above zero.", field=field, there=text, allowed="more than 0"
        )
    return rate


def exact_conversion(amount: Money, rate: Decimal, to: Currency) -> Fraction:
    """Give what ``amount`` is worth in minor units of ``to``, not yet rounded.

    Args:
        rate: units of ``to`` for one unit of the amount's currency, > 0.
    Raises:
        ValueError: the rate is not above zero, or no number.
    Source: F-37, A-F20.

    >>> from tael.money.currency import iso_currency
    >>> exact_conversion(Money(100, iso_currency("CNY")), Decimal("20.5"), iso_currency("JPY"))
    Fraction(41, 2)
    """
    numerator, denominator = ratio(rate)
    if numerator <= 0:
        raise ValueError(f"a rate is above zero, not {rate}")
    return Fraction(
        amount.minor * numerator * 10**to.exponent, denominator * 10**amount.currency.exponent
    )


def convert(amount: Money, rate: Decimal, to: Currency, rounding: Rounding = HALF_UP) -> Money:
    """Exchange an amount into another currency, rounded once to that currency's decimals.

    The result can be zero: a fen buys no whole yen. The caller decides what that means.

    Args:
        rate: units of ``to`` for one unit of the amount's currency, > 0.
    Raises:
        ValueError: the rate is not above zero, or no number.
    Source: F-37, A-F20.

    >>> from tael.money.currency import iso_currency
    >>> str(convert(Money(10000, iso_currency("USD")), Decimal("7.12345"), iso_currency("CNY")))
    '712.35 CNY'
    """
    exact = exact_conversion(amount, rate, to)
    return Money(round_ratio(exact.numerator, exact.denominator, rounding), to)
