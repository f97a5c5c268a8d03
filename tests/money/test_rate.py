from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.money import (
    DOWN,
    Money,
    RateMalformed,
    RateNotPositive,
    RateOutOfRange,
    convert,
    exact_conversion,
    iso_currency,
    parse_rate,
)

if TYPE_CHECKING:
    from tael.refusal import Refusal

CNY, USD, JPY, BHD = (iso_currency(code) for code in ("CNY", "USD", "JPY", "BHD"))


@pytest.mark.rule("F-12")
@pytest.mark.parametrize("text", ["1", "7.1234", "0.000000000001", "999999999999.999999999999"])
def test_a_rate_is_read_exactly(text: str):
    assert str(Fraction(parse_rate(text))) == str(Fraction(text))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("0", RateNotPositive),
        ("0.000", RateNotPositive),
        ("1" * 13, RateOutOfRange),
        ("0." + "0" * 12 + "1", RateOutOfRange),
        ("-1", RateMalformed),
        ("+1", RateMalformed),
        ("1e3", RateMalformed),
        ("NaN", RateMalformed),
        (" 1", RateMalformed),
        ("1\n", RateMalformed),
        ("01", RateMalformed),
        (".5", RateMalformed),
        ("٣", RateMalformed),
        ("", RateMalformed),
        ("1" * 65, RateMalformed),
        (7.1, RateMalformed),
        (7, RateMalformed),
        (True, RateMalformed),
        (None, RateMalformed),
        (Decimal(7), RateMalformed),
    ],
)
def test_what_is_no_rate_is_refused_by_its_field(text: object, refusal: type[Refusal]):
    with pytest.raises(refusal) as caught:
        parse_rate(text, field="usd_cny")

    assert caught.value.field == "usd_cny"


@pytest.mark.rule("F-37")
@pytest.mark.parametrize(
    ("amount", "rate", "to", "expected"),
    [
        (Money(10000, USD), "7.12345", CNY, "712.35 CNY"),
        (Money(1, CNY), "0.5", USD, "0.01 USD"),
        (Money(100, CNY), "20.5", JPY, "21 JPY"),
        (Money(100, JPY), "0.0025", BHD, "0.250 BHD"),
        (Money(1, CNY), "20", JPY, "0 JPY"),
    ],
)
def test_a_conversion_is_rounded_half_up_to_the_targets_decimals(
    amount: Money, rate: str, to: object, expected: str
):
    assert str(convert(amount, Decimal(rate), to)) == expected  # type: ignore[arg-type]


def test_a_caller_may_name_another_rounding():
    assert convert(Money(1, CNY), Decimal("0.5"), USD, DOWN) == Money(0, USD)


@given(
    minor=st.integers(0, 10**18),
    rate=st.decimals(min_value="0.000000000001", max_value=10**12 - 1, places=12),
    to=st.sampled_from([CNY, JPY, BHD]),
)
def test_a_conversion_is_within_half_a_unit_of_the_exact_one(minor: int, rate: Decimal, to: object):
    exact = exact_conversion(Money(minor, USD), rate, to)  # type: ignore[arg-type]
    converted = convert(Money(minor, USD), rate, to)  # type: ignore[arg-type]

    assert abs(converted.minor - exact) <= Fraction(1, 2)
    assert converted.currency == to


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_that_did_not_come_through_the_parser_still_has_to_be_one(rate: str):
    with pytest.raises(ValueError, match=r"rate|number"):
        convert(Money(1, CNY), Decimal(rate), USD)
