"""Exact money (精確計算): amounts in minor units, and one parser for every door."""

from __future__ import annotations

from tael.money.amount import (
    MAX_MINOR,
    AmountMalformed,
    AmountNotPositive,
    AmountTooLarge,
    AmountTooPrecise,
    parse_amount,
)
from tael.money.currency import Currency, CurrencyMalformed, UnknownCurrency, iso_currency
from tael.money.fee import Fee, FeeExceedsAmount, FeeMalformed
from tael.money.money import CurrencyMismatch, Money
from tael.money.rate import (
    RateMalformed,
    RateNotPositive,
    RateOutOfRange,
    convert,
    exact_conversion,
    parse_rate,
)
from tael.money.rounding import DOWN, HALF_EVEN, HALF_UP, UP, Rounding, round_ratio

__all__ = [
    "DOWN",
    "HALF_EVEN",
    "HALF_UP",
    "MAX_MINOR",
    "UP",
    "AmountMalformed",
    "AmountNotPositive",
    "AmountTooLarge",
    "AmountTooPrecise",
    "Currency",
    "CurrencyMalformed",
    "CurrencyMismatch",
    "Fee",
    "FeeExceedsAmount",
    "FeeMalformed",
    "Money",
    "RateMalformed",
    "RateNotPositive",
    "RateOutOfRange",
    "Rounding",
    "UnknownCurrency",
    "convert",
    "exact_conversion",
    "iso_currency",
    "parse_amount",
    "parse_rate",
    "round_ratio",
]
