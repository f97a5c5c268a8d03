from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.money import DOWN, HALF_EVEN, HALF_UP, UP, Rounding, round_ratio
from tael.money.rounding import ratio

WIDE = Context(prec=100)


@pytest.mark.rule("F-14")
@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (HALF_UP, [-3, -3, -2, -1, 1, 2, 3, 3]),
        (HALF_EVEN, [-3, -2, -2, 0, 0, 2, 2, 3]),
        (DOWN, [-2, -2, -1, 0, 0, 1, 2, 2]),
        (UP, [-3, -3, -2, -1, 1, 2, 3, 3]),
    ],
)
def test_each_rounding_does_what_its_name_says(rounding: Rounding, expected: list[int]):
    quarters = [-11, -10, -6, -2, 2, 6, 10, 11]

    assert [round_ratio(quarter, 4, rounding) for quarter in quarters] == expected


@given(
    thousandths=st.integers(-(10**30), 10**30),
    rounding=st.sampled_from([HALF_UP, HALF_EVEN, DOWN, UP]),
)
def test_a_ratio_is_rounded_as_decimals_are(thousandths: int, rounding: Rounding):
    decimal = Decimal(thousandths).scaleb(-3, context=WIDE)

    assert round_ratio(thousandths, 1000, rounding) == int(
        decimal.to_integral_value(rounding, context=WIDE)
    )


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_ratio_needs_a_positive_denominator(denominator: int):
    with pytest.raises(ValueError, match="denominator"):
        round_ratio(1, denominator, HALF_UP)


def test_a_rounding_that_nobody_named_raises():
    with pytest.raises(ValueError, match="ROUND_CEILING"):
        round_ratio(1, 2, "ROUND_CEILING")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number", [Decimal("0.0136"), Fraction(1, 3), 7, -(10**50), Decimal("1E+3")]
)
def test_an_exact_number_is_given_as_its_ratio(number: Decimal | Fraction | int):
    assert Fraction(*ratio(number)) == Fraction(number)
