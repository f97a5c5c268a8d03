"""Currencies (幣種): those of ISO 4217, and the operator's own money and points."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, get_args

import iso4217

from tael.refusal import Refusal

CurrencyKind = Literal["money", "points"]

MAX_EXPONENT: Final = 8
CODE_SHAPE: Final = re.compile(r"[A-Z][A-Z0-9]{2,11}")


class UnknownCurrency(Refusal):
    """No currency has this code."""

    code = "unknown_currency"
    because = "absent"
    rule = "F-11"
    remedy = (
        "Use the code of a currency that is set up, in capital letters. One that ISO 4217 does not have is"
        " taken into use as a currency of one's own."
    )


class CurrencyMalformed(Refusal):
    """A currency was described with a code, a number of decimals or a kind that cannot be."""

    code = "currency_malformed"
    rule = "F-11"
    remedy = "Give a code of 3 to 12 capital letters and digits, and 0 to 8 decimals."


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency or a sort of points, and how many decimals its smallest unit has.

    Two currencies are the same when code, decimals and kind are; the name is only for people.

    Args:
        code: 3 to 12 capital letters and digits, beginning with a letter.
        exponent: decimals of the minor unit, 0 to 8; 2 means that 100 fen are 1 yuan.
    Raises:
        CurrencyMalformed: one of these is outside its bounds.
    Source: F-11.

    >>> str(Currency("GOLDPOINT", 0, kind="points"))
    'GOLDPOINT'
    """

    code: str
    exponent: int
    kind: CurrencyKind = "money"
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse what could not be told apart or written down later."""
        if not isinstance(self.code, str) or not CODE_SHAPE.fullmatch(self.code):
            raise CurrencyMalformed(
                "A currency code is 3 to 12 capital letters and digits.",
                field="code",
                there=ascii(self.code)[:40],
            )
        if type(self.exponent) is not int or not 0 <= self.exponent <= MAX_EXPONENT:
            raise CurrencyMalformed(
                f"A currency has 0 to {MAX_EXPONENT} decimals.",
                field="exponent",
                there=ascii(self.exponent)[:40],
            )
        if self.kind not in get_args(CurrencyKind):
            raise CurrencyMalformed(
                "A currency is money or points.", field="kind", there=ascii(self.kind)[:40]
            )

    def __str__(self) -> str:
        """Give the code."""
        return self.code


@cache
def _active_iso_codes() -> dict[str, iso4217.Currency]:
    return {entry.code: entry for entry in iso4217.Currency}


def iso_currency(code: str) -> Currency:
    """Give the ISO 4217 currency of this code, with the exponent of the standard.

    The exponent never comes from locale data, which differs from the standard for 13 currencies
    (it shows Iraqi dinars without decimals; the standard has three). Metals, funds and test codes
    without a minor unit are no currencies here; an operator may define them.

    Raises:
        UnknownCurrency: no such code today, or one without a minor unit.
    Source: F-11.

    >>> iso_currency("CNY").exponent, iso_currency("JPY").exponent, iso_currency("IQD").exponent
    (2, 0, 3)
    """
    entry = _active_iso_codes().get(code) if isinstance(code, str) else None
    if entry is None or entry.exponent is None:
        raise UnknownCurrency(
            "ISO 4217 has no currency of this code with a minor unit.",
            field="currency",
            there=ascii(code)[1:-1][:40] if isinstance(code, str) else type(code).__name__,
        )
    return Currency(entry.code, entry.exponent, name=entry.currency_name)
