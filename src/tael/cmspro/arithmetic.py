"""The calculation calls of seed 1 (精確計算): exact, on text, rounded half up at the last step."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tael.money.rounding import HALF_UP, round_ratio
from tael.refusal import Refusal

MAX_PRECISION: Final = 18
MAX_TEXT: Final = 64
FEN_DECIMALS: Final = 2
NUMBER: Final = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")


class CalculationRefused(Refusal):
    """A calculation has no exact answer, or one of its inputs is no exact number."""

    code = "calculation_refused"
    rule = "A-F23"
    remedy = "Send numbers as text of plain digits, such as '12.34'."


def _plain(number: object, field: str) -> str:
    """Give an input as plain decimal text, or refuse it."""
    if isinstance(number, float):
        raise CalculationRefused(
            "A float is not exact (0.1 is not a tenth); send the number as text.",
            field=field,
            there="float",
        )
    if isinstance(number, bool) or not isinstance(number, (str, int, Decimal)):
        raise CalculationRefused("This is no number.", field=field, there=type(number).__name__)
    if isinstance(number, int):
        text = str(number) if abs(number) < 10**MAX_TEXT else "too large"
    elif isinstance(number, Decimal):
        near = number.is_finite() and abs(number.adjusted()) < MAX_TEXT
        text = f"{number:f}" if near else str(number)
    else:
        text = number
    if len(text) > MAX_TEXT or not NUMBER.fullmatch(text):
        raise CalculationRefused("This is no number.", field=field, there=ascii(text[:32]))
    return text


def _number(number: object, field: str) -> Fraction:
    return Fraction(_plain(number, field))


def _decimals(value: Fraction, precision: object) -> str:
    """Round half up and write with exactly that many decimals."""
    if type(precision) is not int or not 0 <= precision <= MAX_PRECISION:
        raise CalculationRefused(
            "The precision is a whole number of decimals.",
            field="precision",
            there=ascii(precision)[:32],
            allowed=f"0 to {MAX_PRECISION}",
        )
    units = round_ratio(value.numerator * 10**precision, value.denominator, HALF_UP)
    digits = str(abs(units)).rjust(precision + 1, "0")
    sign = "-" if units < 0 else ""
    whole, decimals = digits[: len(digits) - precision], digits[len(digits) - precision :]
    return f"{sign}{whole}.{decimals}" if precision else f"{sign}{whole}"


def pricecalc(a: str | int | Decimal, op: str, b: str | int | Decimal, precision: int = 2) -> str:
    """Calculate with two numbers (價格計算): ``+ - * /``, ``%`` percentage, ``z`` discount (折扣).

    ``%`` gives b percent of a. ``z`` gives the price after a discount in tenths, as shops write
    it: 9.5 折 means that 95 % are paid.

    Args:
        precision: decimals of the result, 0 to 18.
    Raises:
        CalculationRefused: no number, no such sign, a division by zero, or no such precision.
    Source: F-13, A-F3, A-F4, A-F23.

    >>> pricecalc("1", "+", "1"), pricecalc("10", "/", "2"), pricecalc("1", "+", "1", 3)
    ('2.00', '5.00', '2.000')
    >>> pricecalc("100", "%", "10"), pricecalc("100", "z", "9.5")
    ('10.00', '95.00')
    """
    left, right = _number(a, "a"), _number(b, "b")
    match op:
        case "+":
            exact = left + right
        case "-":
            exact = left - right
        case "*":
            exact = left * right
        case "/":
            if right == 0:
                raise CalculationRefused("Nothing can be divided by zero.", field="b", there="0")
            exact = left / right
        case "%":
            exact = left * right / 100
        case "z":
            exact = left * right / 10
        case _:
            raise CalculationRefused(
                "There is no such sign.", field="op", there=ascii(op)[:32], allowed="+ - * / % z"
            )
    return _decimals(exact, precision)


def fee(amount: str | int | Decimal, rate: str | int | Decimal, precision: int = 2) -> str:
    """Give the fee of ``rate`` percent on an amount (手續費); nothing is charged by it.

    Args:
        rate: percent; 1.36 means 1.36 %.
        precision: decimals of the result, 0 to 18.
    Raises:
        CalculationRefused: no number, or no such precision.
    Source: F-14, F-18, A-F4.

    >>> fee("123", "1.36"), fee("123", "1.36", 4)
    ('1.67', '1.6728')
    """
    return _decimals(_number(amount, "amount") * _number(rate, "rate") / 100, precision)


def priceyuantofen(yuan: str | int | Decimal) -> str:
    """Turn yuan into fen (元轉分).

    Raises:
        CalculationRefused: no number, or more than two decimals: a part of a fen does not exist.
    Source: F-15, A-F23.

    >>> priceyuantofen(1), priceyuantofen("12.3")
    ('100', '1230')
    """
    text = _plain(yuan, "yuan")
    if len(text.partition(".")[2]) > FEN_DECIMALS:
        raise CalculationRefused(
            "There is no part of a fen.", field="yuan", there=text, allowed="at most 2 decimals"
        )
    return _decimals(Fraction(text) * 100, 0)


def pricefentoyuan(fen: str | int | Decimal) -> str:
    """Turn fen into yuan (分轉元), as a plain number without trailing zeros.

    Raises:
        CalculationRefused: no number, or a part of a fen.
    Source: F-16, A-F21, A-F23.

    >>> pricefentoyuan(100), pricefentoyuan(150), pricefentoyuan("1")
    ('1', '1.5', '0.01')
    """
    value = _number(fen, "fen")
    if value.denominator != 1:
        raise CalculationRefused(
            "There is no part of a fen.", field="fen", there=str(fen), allowed="whole fen"
        )
    return _decimals(value / 100, FEN_DECIMALS).rstrip("0").rstrip(".")


def priceformat(amount: str | int | Decimal, precision: int = 2) -> str:
    """Write an amount with a fixed number of decimals (價格格式化), rounded half up.

    Args:
        precision: decimals of the result, 0 to 18.
    Raises:
        CalculationRefused: no number, or no such precision.
    Source: F-17, A-F4.

    >>> priceformat(1), priceformat(1, 4), priceformat("2.675")
    ('1.00', '1.0000', '2.68')
    """
    return _decimals(_number(amount, "amount"), precision)
