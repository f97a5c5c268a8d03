from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.cmspro import arithmetic
from tael.cmspro.arithmetic import (
    CalculationRefused,
    fee,
    pricecalc,
    pricefentoyuan,
    priceformat,
    priceyuantofen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Number = str | int | Decimal


@pytest.mark.rule("F-13")
@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("1", "+", "1"), "2.00"),
        (("6", "-", "3"), "3.00"),
        (("1", "*", "3"), "3.00"),
        (("10", "/", "2"), "5.00"),
        (("100", "%", "10"), "10.00"),
        (("100", "z", "9.5"), "95.00"),
        (("100", "%", "9.5"), "9.50"),
        (("1", "+", "1", 3), "2.000"),
    ],
)
def test_the_examples_of_the_seed_come_out_as_printed(arguments: tuple[str, str, str], result: str):
    assert pricecalc(*arguments) == result


@pytest.mark.rule("F-13")
@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("0.1", "+", "0.2", 18), "0.300000000000000000"),
        (("1", "/", "3"), "0.33"),
        (("2", "/", "3"), "0.67"),
        (("2", "/", "3", 0), "1"),
        (("0.005", "+", "0"), "0.01"),
        (("0.004", "+", "0"), "0.00"),
        (("-0.005", "+", "0"), "-0.01"),
        (("-0.004", "+", "0"), "0.00"),
        (("1", "-", "3"), "-2.00"),
        (("12345678901234567890", "*", "98765432109876543210.99"), None),
        ((1, "+", Decimal("1.5")), "2.50"),
        ((Decimal("1E+2"), "+", 0), "100.00"),
        (("007", "+", "0"), "7.00"),
    ],
)
def test_results_are_exact_and_rounded_half_up_at_the_end(
    arguments: tuple[str, str, str], result: str | None
):
    if result is None:
        exact = Fraction(arguments[0]) * Fraction(arguments[2])
        assert Fraction(pricecalc(*arguments)) == exact
    else:
        assert pricecalc(*arguments) == result


@pytest.mark.rule("F-14", "F-18")
def test_the_fee_of_the_seed_comes_out_as_printed():
    assert fee("123", "1.36") == "1.67"
    assert fee("123", "1.36", 2) == "1.67"
    assert fee("123", "1.36", 4) == "1.6728"


@pytest.mark.rule("F-15")
@pytest.mark.parametrize(
    ("yuan", "fen"), [(1, "100"), ("1", "100"), ("12.3", "1230"), ("0.01", "1"), ("-1.25", "-125")]
)
def test_yuan_become_fen(yuan: Number, fen: str):
    assert priceyuantofen(yuan) == fen


@pytest.mark.rule("F-16")
@pytest.mark.parametrize(
    ("fen", "yuan"),
    [
        (100, "1"),
        ("100", "1"),
        ("100.00", "1"),
        (150, "1.5"),
        (123, "1.23"),
        (1, "0.01"),
        (0, "0"),
        (1000, "10"),
        (-50, "-0.5"),
    ],
)
def test_fen_become_yuan_without_trailing_zeros(fen: Number, yuan: str):
    assert pricefentoyuan(fen) == yuan


@pytest.mark.rule("F-17")
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((1,), "1.00"),
        ((1, 4), "1.0000"),
        (("2.675",), "2.68"),
        (("1234567.891",), "1234567.89"),
        (("0.5", 0), "1"),
        (("-0.001",), "0.00"),
        ((Decimal("1" * 50 + ".125"),), "1" * 50 + ".13"),
    ],
)
def test_a_price_is_written_with_its_decimals(arguments: tuple[Number], text: str):
    assert priceformat(*arguments) == text


NO_NUMBERS = [
    "",
    "x",
    " 1",
    "1 ",
    "1\n",
    "+1",
    "1.",
    ".5",
    "1e3",
    "1,000",
    "1_000",
    "NaN",
    "Infinity",
    "--1",
    "٣",
    "１",
    "1/3",
    "9" * 65,
    10**64,
    0.1,
    1.0,
    float("nan"),
    True,
    None,
    b"1",
    [],
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("1E+999999"),
    Decimal("1E-999999"),
    Fraction(1, 3),
]


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: ascii(number)[:20])
@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("a", lambda number: pricecalc(number, "+", "1")),
        ("b", lambda number: pricecalc("1", "+", number)),
        ("amount", lambda number: fee(number, "1")),
        ("rate", lambda number: fee("1", number)),
        ("yuan", priceyuantofen),
        ("fen", pricefentoyuan),
        ("amount", priceformat),
    ],
)
def test_what_is_no_exact_number_is_refused_by_its_field(
    field: str, call: Callable[[object], str], number: object
):
    with pytest.raises(CalculationRefused) as caught:
        call(number)

    assert caught.value.field == field
    assert caught.value.rule == "A-F23"


@pytest.mark.parametrize("exponent", [5_000, 10**12])
def test_a_number_too_long_to_write_out_is_refused_before_it_is_written_out(exponent: int):
    for number in (Decimal(f"1E+{exponent}"), Decimal(f"1E-{exponent}"), 10**5_000):
        with pytest.raises(CalculationRefused):
            priceformat(number)


def test_a_float_is_refused_with_the_reason():
    with pytest.raises(CalculationRefused, match="float is not exact"):
        pricecalc(0.1, "+", "0.2")  # type: ignore[arg-type]


@pytest.mark.rule("F-13")
@pytest.mark.parametrize("zero", ["0", "0.00", "-0", 0])
def test_nothing_is_divided_by_zero(zero: Number):
    with pytest.raises(CalculationRefused) as caught:
        pricecalc("1", "/", zero)

    assert caught.value.field == "b"


@pytest.mark.parametrize("sign", ["", "^", "Z", "++", "÷", None, 1])
def test_a_sign_that_does_not_exist_is_refused(sign: str):
    with pytest.raises(CalculationRefused) as caught:
        pricecalc("1", sign, "1")

    assert caught.value.field == "op"


@pytest.mark.parametrize("precision", [-1, 19, True, 2.0, "2", None])
def test_a_precision_out_of_bounds_is_refused(precision: int):
    for call in (
        lambda: pricecalc("1", "+", "1", precision),
        lambda: fee("1", "1", precision),
        lambda: priceformat("1", precision),
    ):
        with pytest.raises(CalculationRefused) as caught:
            call()
        assert caught.value.field == "precision"


@pytest.mark.rule("F-15")
@pytest.mark.parametrize("yuan", ["0.001", "1.234", "1.230", Decimal("0.005")])
def test_yuan_with_more_than_two_decimals_are_refused(yuan: Number):
    with pytest.raises(CalculationRefused) as caught:
        priceyuantofen(yuan)

    assert caught.value.field == "yuan"


@pytest.mark.rule("F-16")
@pytest.mark.parametrize("fen", ["0.5", "100.01", Decimal("99.9")])
def test_a_part_of_a_fen_is_refused(fen: Number):
    with pytest.raises(CalculationRefused) as caught:
        pricefentoyuan(fen)

    assert caught.value.field == "fen"


@given(fen=st.integers(-(10**18), 10**18))
def test_fen_and_yuan_turn_into_each_other_without_loss(fen: int):
    assert priceyuantofen(pricefentoyuan(fen)) == str(fen)


@given(
    a=st.decimals(min_value=-(10**15), max_value=10**15, places=4),
    b=st.decimals(min_value=-(10**15), max_value=10**15, places=4),
    op=st.sampled_from("+-*%z"),
    precision=st.integers(0, 18),
)
def test_a_result_is_within_half_its_last_decimal_of_the_exact_one(
    a: Decimal, b: Decimal, op: str, precision: int
):
    left, right = Fraction(a), Fraction(b)
    exact = {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "%": left * right / 100,
        "z": left * right / 10,
    }[op]
    result = pricecalc(f"{a:f}", op, b, precision)

    assert abs(Fraction(result) - exact) <= Fraction(1, 2 * 10**precision)
    assert len(result.partition(".")[2]) == precision


def test_the_documented_examples_are_true():
    assert doctest.testmod(arithmetic).failed == 0
    assert doctest.testmod(arithmetic).attempted > 0
