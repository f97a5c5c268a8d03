from __future__ import annotations

import operator
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.money import DOWN, HALF_UP, Currency, CurrencyMismatch, Money, iso_currency

if TYPE_CHECKING:
    from collections.abc import Callable

CNY, USD, JPY = iso_currency("CNY"), iso_currency("USD"), iso_currency("JPY")

minors = st.integers(-(10**40), 10**40)
exact_rates = st.decimals(
    min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=12
)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, CNY, "0.00"),
        (5, CNY, "0.05"),
        (-5, CNY, "-0.05"),
        (1234, CNY, "12.34"),
        (100, CNY, "1.00"),
        (-1234, JPY, "-1234"),
        (1, Currency("COIN", 8), "0.00000001"),
        (10**40, CNY, "1" + "0" * 38 + ".00"),
    ],
)
def test_an_amount_is_written_with_all_decimals_of_its_currency(
    minor: int, currency: Currency, text: str
):
    assert Money(minor, currency).text == text
    assert str(Money(minor, currency)) == f"{text} {currency.code}"


@pytest.mark.parametrize("minor", [1.0, 0.1, True, "1", None, Decimal(1)])
def test_only_whole_minor_units_go_in(minor: object):
    with pytest.raises(TypeError):
        Money(minor, CNY)  # type: ignore[arg-type]


def test_only_a_currency_goes_in():
    with pytest.raises(TypeError):
        Money(1, "CNY")  # type: ignore[arg-type]


@given(left=minors, right=minors)
def test_addition_and_its_undoing_leave_the_amount(left: int, right: int):
    a, b = Money(left, CNY), Money(right, CNY)

    assert a + b == b + a == Money(left + right, CNY)
    assert a + b - b == a
    assert a + -a == Money.zero(CNY)
    assert abs(a) == max(a, -a)


@given(left=minors, right=minors)
def test_comparisons_are_those_of_the_minor_units(left: int, right: int):
    a, b = Money(left, CNY), Money(right, CNY)

    assert (a < b, a <= b, a > b, a >= b, a == b) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
        left == right,
    )


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    "mix", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_never_mix(mix: Callable[[Money, Money], object]):
    with pytest.raises(CurrencyMismatch) as caught:
        mix(Money(1, CNY), Money(1, USD))

    assert (caught.value.allowed, caught.value.there) == ("CNY", "USD")


@pytest.mark.parametrize(
    "mix", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_money_and_a_bare_number_never_mix(mix: Callable[[Money, int], object]):
    with pytest.raises(TypeError):
        mix(Money(1, CNY), 1)


def test_amounts_of_two_currencies_are_different_even_when_nothing():
    assert Money(0, CNY) != Money(0, USD)


def test_there_is_no_star_so_that_every_rate_names_its_rounding():
    with pytest.raises(TypeError):
        operator.mul(Money(1, CNY), 2)


def test_nothing_is_false_and_any_amount_is_true():
    assert not Money(0, CNY)
    assert Money(0, CNY).is_zero
    assert Money(-1, CNY)
    assert not Money(-1, CNY).is_zero


def test_an_optimised_interpreter_refuses_as_well():
    program = (
        "from tael.money import Money, iso_currency as c\n"
        "from tael.refusal import Refusal\n"
        "try: Money(1, c('CNY')) + Money(1, c('USD'))\n"
        "except Refusal as refusal: print(refusal.code)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-O", "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "currency_mismatch\n"


@given(minor=minors, exponent=st.integers(0, 8))
def test_the_decimal_is_exact_at_any_size(minor: int, exponent: int):
    money = Money(minor, Currency("ABC", exponent))

    assert Fraction(money.decimal) == Fraction(minor, 10**exponent)
    assert f"{money.decimal:f}" == money.text


@pytest.mark.rule("F-14")
def test_a_rate_is_rounded_half_up_once():
    assert Money(12300, CNY).times(Decimal("0.0136"), HALF_UP) == Money(167, CNY)
    assert Money(1, CNY).times(Decimal("0.5"), HALF_UP) == Money(1, CNY)
    assert Money(-1, CNY).times(Decimal("0.5"), HALF_UP) == Money(-1, CNY)


def test_a_product_of_more_than_28_digits_keeps_its_last_unit():
    minor = 10**30 + 1

    assert Money(minor, CNY).times(Decimal("1.000000000001"), DOWN).minor == minor + 10**18


@given(minor=minors, rate=exact_rates)
def test_times_is_within_half_a_unit_of_the_exact_product(minor: int, rate: Decimal):
    product = Money(minor, CNY).times(rate, HALF_UP).minor

    assert abs(product - minor * Fraction(rate)) <= Fraction(1, 2)


@given(minor=minors)
def test_times_one_and_times_minus_one_change_no_unit(minor: int):
    assert Money(minor, CNY).times(Decimal(1), HALF_UP).minor == minor
    assert Money(minor, CNY).times(Fraction(-1), DOWN).minor == -minor


@pytest.mark.parametrize("rate", [0.5, True, "0.5", None])
def test_a_rate_that_is_not_exact_is_no_rate(rate: object):
    with pytest.raises(TypeError):
        Money(100, CNY).times(rate, HALF_UP)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_rate_that_is_no_number_is_no_rate(rate: str):
    with pytest.raises(ValueError, match="no number"):
        Money(100, CNY).times(Decimal(rate), HALF_UP)


weights_lists = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)


@given(minor=minors, weights=weights_lists)
def test_a_split_neither_makes_nor_loses_a_unit(minor: int, weights: list[int]):
    shares = Money(minor, CNY).split(weights)

    assert sum(share.minor for share in shares) == minor
    assert len(shares) == len(weights)
    assert all(share.is_zero for share, weight in zip(shares, weights, strict=True) if weight == 0)


@given(minor=minors, weights=weights_lists)
def test_each_share_is_within_one_unit_of_its_exact_part(minor: int, weights: list[int]):
    shares = Money(minor, CNY).split(weights)

    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.minor - Fraction(minor * weight, sum(weights))) < 1


@given(minor=minors, weights=weights_lists)
def test_a_split_of_a_debt_mirrors_the_split_of_the_credit(minor: int, weights: list[int]):
    assert Money(-minor, CNY).split(weights) == [
        -share for share in Money(minor, CNY).split(weights)
    ]


@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (5, [0, 7, 3], [0, 4, 1]),
        (-5, [0, 7, 3], [0, -4, -1]),
        (0, [1, 2], [0, 0]),
        (7, [5], [7]),
        (10, [1, 6], [1, 9]),
    ],
)
def test_left_over_units_go_to_the_largest_remainders_and_then_to_the_first(
    minor: int, weights: list[int], shares: list[int]
):
    assert [share.minor for share in Money(minor, CNY).split(weights)] == shares


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_weights_that_divide_nothing_raise(weights: list[int]):
    with pytest.raises(ValueError, match="weights"):
        Money(100, CNY).split(weights)


@pytest.mark.parametrize("weights", [[0.5, 0.5], [True], [Decimal(1)]])
def test_weights_that_are_not_whole_numbers_raise(weights: list[int]):
    with pytest.raises(TypeError, match="whole"):
        Money(100, CNY).split(weights)
