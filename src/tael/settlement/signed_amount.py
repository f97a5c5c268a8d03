"""Amounts above or below zero as people and files write them: a minus sign, then an amount.

Source: E-12; F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.money import parse_amount

if TYPE_CHECKING:
    from tael.money import Currency, Money


def parse_signed_amount(text: object, currency: Currency, *, field: str = "amount") -> Money:
    """Read an amount that may be below zero: ``-30.00``.

    Raises:
        AmountMalformed, AmountTooPrecise, AmountTooLarge, AmountNotPositive: as ``parse_amount``.

    Source: E-12.
    """
    if not isinstance(text, str) or not text.startswith("-"):
        return parse_amount(text, currency, field=field)
    return -parse_amount(text.removeprefix("-"), currency, field=field)
