"""The one parser of amounts (金額): API, form, CLI, spreadsheet and callback all read by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tael.money.money import Money
from tael.refusal import Refusal

if TYPE_CHECKING:
    from tael.money.currency import Currency

MAX_MINOR: Final = 10**18 - 1
"""The largest amount of one operation, in minor units; it fits a bigint nine times."""
MAX_TEXT: Final = 64
SHAPE: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")


class AmountMalformed(Refusal):
    """The amount is not text of plain digits with at most one decimal point."""

    code = "amount_malformed"
    rule = "F-38"
    remedy = (
        "Write the digits 0 to 9 with a point before the decimals, without sign and separators."
    )


class AmountNotPositive(Refusal):
    """The amount is zero."""

    code = "amount_not_positive"
    rule = "F-38"
    remedy = "Send an amount above zero."


class AmountTooPrecise(Refusal):
    """The amount has more decimals than its currency."""

    code = "amount_too_precise"
    rule = "F-38"
    remedy = "Round the amount to the currency's decimals; nothing is rounded silently."


class AmountTooLarge(Refusal):
    """The amount is beyond what one operation may move."""

    code = "amount_too_large"
    rule = "F-38"
    remedy = "Split the amount over several operations."


def parse_amount(
    text: object, currency: Currency, *, field: str = "amount", allow_zero: bool = False
) -> Money:
    """Read an amount that came from outside: plain ASCII digits, and nothing is guessed.

    There is one way to write an amount: no sign, exponent, separator, space, leading zero or
    other script, and at most the currency's decimals. A JSON number is refused because it may
    already have been rounded on its way here.

    Args:
        text: what came in, of any type; only ``str`` can be accepted.
        field: the name of the input in the caller's words, for the refusal.
        allow_zero: whether nothing is an answer, as in a fee.
    Raises:
        AmountMalformed: not of this shape.
        AmountTooPrecise: more decimals than the currency has.
        AmountTooLarge: more than MAX_MINOR minor units.
        AmountNotPositive: zero, unless ``allow_zero``.
    Source: F-38.

    >>> from tael.money.currency import iso_currency
    >>> parse_amount("12.3", iso_currency("CNY")).minor
    1230
    >>> parse_amount("12.345", iso_currency("CNY"))
    Traceback (most recent call last):
    tael.money.amount.AmountTooPrecise: CNY has 2 decimals.
    """
    exponent = currency.exponent
    shape = f"digits with at most {exponent} decimals" if exponent else "digits without decimals"
    if not isinstance(text, str):
        raise AmountMalformed(
            "An amount is sent as text, so that it arrives exactly.",
            field=field,
            there=type(text).__name__,
            allowed=shape,
        )
    found = SHAPE.fullmatch(text) if len(text) <= MAX_TEXT else None
    if found is None:
        raise AmountMalformed(
            "This is no amount.", field=field, there=repr(text[:32]), allowed=shape
        )
    whole, decimals = found[1], found[2] or ""
    if len(decimals) > exponent:
        raise AmountTooPrecise(
            f"{currency} has {exponent or 'no'} decimals.", field=field, there=text, allowed=shape
        )
    minor = int(whole + decimals.ljust(exponent, "0"))
    if minor > MAX_MINOR:
        most = f"at most {Money(MAX_MINOR, currency)}"
        raise AmountTooLarge(
            "The amount is too large for one operation.", field=field, there=text, allowed=most
        )
    if minor == 0 and not allow_zero:
        least = f"at least {Money(1, currency)}"
        raise AmountNotPositive(
            "The amount must be above zero.", field=field, there=text, allowed=least
        )
    return Money(minor, currency)
