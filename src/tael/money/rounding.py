"""Rounding (舍入), always by name and always of an exact ratio of integers.

Integers are used on purpose: a decimal context would round silently at its own precision (28
digits by default), and it belongs to the thread, so another library may have changed it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

Rounding = Literal["ROUND_HALF_UP", "ROUND_DOWN", "ROUND_UP", "ROUND_HALF_EVEN"]

HALF_UP: Final[Rounding] = "ROUND_HALF_UP"
"""To the nearest unit, a half away from zero: the rule of seed 1 (A-F4)."""
DOWN: Final[Rounding] = "ROUND_DOWN"
"""Towards zero."""
UP: Final[Rounding] = "ROUND_UP"
"""Away from zero."""
HALF_EVEN: Final[Rounding] = "ROUND_HALF_EVEN"
"""To the nearest unit, a half to the even neighbour, so that many roundings do not drift."""


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Round ``numerator / denominator`` to a whole number, for integers of any size.

    Args:
        denominator: > 0.
    Raises:
        ValueError: the denominator is not positive, or no such rounding exists.
    Source: A-F4.

    >>> round_ratio(16728, 100, HALF_UP), round_ratio(5, 2, HALF_UP), round_ratio(-5, 2, HALF_UP)
    (167, 3, -3)
    >>> round_ratio(5, 2, HALF_EVEN), round_ratio(5, 2, DOWN), round_ratio(-1, 100, UP)
    (2, 2, -1)
    """
    if denominator <= 0:
        raise ValueError(f"a ratio needs a positive denominator, not {denominator}")
    whole, rest = divmod(abs(numerator), denominator)
    if rounding == HALF_UP:
        away = 2 * rest >= denominator
    elif rounding == DOWN:
        away = False
    elif rounding == UP:
        away = rest > 0
    elif rounding == HALF_EVEN:
        away = 2 * rest + whole % 2 > denominator
    else:
        raise ValueError(f"no such rounding: {rounding!r}")
    size = whole + 1 if away else whole
    return -size if numerator < 0 else size


def ratio(number: Decimal | Fraction | int) -> tuple[int, int]:
    """Give an exact number as numerator and denominator; floats are not exact and stay out.

    Raises:
        TypeError: a float, a bool or anything else that is no exact number.
        ValueError: a decimal that is NaN or infinite.

    >>> ratio(Decimal("0.0136"))
    (17, 1250)
    """
    if isinstance(number, bool) or not isinstance(number, (Decimal, Fraction, int)):
        raise TypeError(f"money is reckoned with exact numbers, not with {type(number).__name__}")
    if isinstance(number, Decimal) and not number.is_finite():
        raise ValueError(f"{number} is no number")
    return number.as_integer_ratio()
