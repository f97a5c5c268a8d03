"""The rounding of exchanges: half up, and no farm (X: 10,000 splits and round trips)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists, sampled_from, tuples

from tael.money import Currency, Money, exact_conversion
from tael.wallet.conversion import converted

A, B = Currency("CNY", 2), Currency("USD", 2)


@pytest.mark.rule("F-37")
@pytest.mark.parametrize(
    ("minor", "rate", "arrives", "remainder"),
    [
        (100, "7.115", 712, Fraction(-1, 2)),  # half goes up
        (100, "7.114", 711, Fraction(2, 5)),
        (1, "0.005", 0, Fraction(1, 200)),
        (3, "0.5", 2, Fraction(-1, 2)),
    ],
)
def test_the_result_is_rounded_half_up(minor: int, rate: str, arrives: int, remainder: Fraction):
    result = converted(Money(minor, A), Decimal(rate), B)

    assert (result.amount.minor, result.remainder) == (arrives, remainder)


@pytest.mark.rule("F-37")
def test_decimals_of_the_two_currencies_may_differ():
    yen, points = Currency("JPY", 0), Currency("POINT", 0, "points")

    assert str(converted(Money(100, A), Decimal("20.55"), yen).amount) == "21 JPY"
    assert str(converted(Money(150, A), Decimal(10), points).amount) == "15 POINT"


def test_without_a_spread_nothing_is_rounded_up():
    rate, inverse = Decimal("0.2"), Decimal(5)

    assert converted(Money(3, A), rate, B, inverse=inverse).amount.minor == 0
    assert converted(Money(4, A), rate, B, inverse=inverse).amount.minor == 0
    assert converted(Money(4, A), rate, B).amount.minor == 1


def test_with_a_spread_half_goes_up_where_the_spread_pays_for_it():
    assert converted(Money(15, A), Decimal("0.1"), B, inverse=Decimal(8)).amount.minor == 1
    assert converted(Money(1005, A), Decimal("0.1"), B, inverse=Decimal(8)).amount.minor == 101


@settings(max_examples=300, deadline=None)
@given(
    rate=integers(1, 10**6),
    loss=integers(0, 300),
    exponents=tuples(sampled_from([0, 2, 3]), sampled_from([0, 2, 8])),
    start=integers(0, 10**7),
    steps=lists(tuples(sampled_from("ab"), integers(1, 100), integers(1, 100)), max_size=40),
)
def test_no_sequence_of_splits_and_round_trips_gains(rate, loss, exponents, start, steps):
    """Whatever is exchanged in whatever order, selling everything at the end never yields more."""
    a, b = Currency("AAA", exponents[0]), Currency("BBB", exponents[1])
    there = Decimal(rate).scaleb(-3)
    back = Decimal(10**12 * 10**3 // rate * (1000 - loss) // 1000).scaleb(-12)
    if back <= 0:
        return
    held = {"a": start, "b": 0}

    for side, part, whole in steps:
        amount = held[side] * min(part, whole) // whole
        if amount:
            given, to, forth, other = (a, b, there, back) if side == "a" else (b, a, back, there)
            result = converted(Money(amount, given), forth, to, inverse=other)
            held[side] -= amount
            held["b" if side == "a" else "a"] += result.amount.minor

    in_a = converted(Money(held["b"], b), back, a, inverse=there).amount.minor if held["b"] else 0
    assert held["a"] + in_a <= start


def test_ten_thousand_exchanges_of_a_fen_gain_nothing():  # T28
    rate, inverse = Decimal("0.6"), Decimal("1.65")
    fen = usd = 0
    for _ in range(10_000):
        usd += converted(Money(1, A), rate, B, inverse=inverse).amount.minor
    for _ in range(usd):
        fen += converted(Money(1, B), inverse, A, inverse=rate).amount.minor

    assert fen <= 10_000


@settings(max_examples=200, deadline=None)
@given(minor=integers(1, 10**18), rate=integers(1, 10**18), inverse=integers(0, 10**18))
def test_what_arrives_is_within_a_unit_of_the_exact_result(minor, rate, inverse):  # I15
    value = Decimal(rate).scaleb(-9)
    back = Decimal(inverse).scaleb(-9) if inverse else None

    result = converted(Money(minor, A), value, B, inverse=back)

    exact = exact_conversion(Money(minor, A), value, B)
    assert abs(exact - result.amount.minor) < 1
    assert result.remainder == exact - result.amount.minor
