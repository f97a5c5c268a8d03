from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.money import (
    AmountMalformed,
    AmountTooPrecise,
    CurrencyMismatch,
    Fee,
    FeeExceedsAmount,
    FeeMalformed,
    Money,
    iso_currency,
)

if TYPE_CHECKING:
    from tael.refusal import Refusal

CNY, USD = iso_currency("CNY"), iso_currency("USD")


@pytest.mark.rule("F-14")
@pytest.mark.parametrize(
    ("text", "limits", "amount", "expected"),
    [
        ("1.36%", {}, 12300, 167),
        ("5% + 2.99", {}, 10000, 799),
        ("5%+2.99", {}, 10000, 799),
        ("2.99", {}, 10000, 299),
        ("0%", {}, 10000, 0),
        ("0", {}, 10000, 0),
        ("100%", {}, 10000, 10000),
        ("0.5%", {}, 100, 1),
        ("0.4%", {}, 100, 0),
        ("1%", {"minimum": "1.00"}, 100, 100),
        ("1%", {"minimum": "1.00"}, 20000, 200),
        ("1%", {"maximum": "1.00"}, 20000, 100),
        ("1% + 0.30", {"minimum": "0.50", "maximum": "2.00"}, 5000, 80),
        ("1%", {"minimum": "1.00"}, 0, 100),
    ],
)
def test_a_fee_is_percentage_and_fixed_part_within_its_limits(
    text: str, limits: dict[str, str], amount: int, expected: int
):
    assert Fee.parse(text, CNY, **limits).of(Money(amount, CNY)) == Money(expected, CNY)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", FeeMalformed),
        ("%", FeeMalformed),
        ("5% +", FeeMalformed),
        ("5% + ", FeeMalformed),
        ("+ 2.99", FeeMalformed),
        ("5% 2.99", FeeMalformed),
        ("5% - 2.99", FeeMalformed),
        ("-5%", FeeMalformed),
        ("-1", FeeMalformed),
        ("2.99 + 5%", FeeMalformed),
        ("5%%", FeeMalformed),
        ("5 %", FeeMalformed),
        (" 5%", FeeMalformed),
        ("5%\n", FeeMalformed),
        ("05%", FeeMalformed),
        ("٣%", FeeMalformed),
        ("1e1%", FeeMalformed),
        ("100.01%", FeeMalformed),
        ("0.0000001%", FeeMalformed),
        ("5%" + " " * 70, FeeMalformed),
        (5, FeeMalformed),
        (None, FeeMalformed),
        ("5% + 02.99", AmountMalformed),
        ("5% + 2.999", AmountTooPrecise),
    ],
)
def test_what_is_no_fee_is_refused_by_its_field(text: object, refusal: type[Refusal]):
    with pytest.raises(refusal) as caught:
        Fee.parse(text, CNY)

    assert caught.value.field == "fee"


@pytest.mark.parametrize("limit", ["minimum", "maximum"])
def test_a_limit_that_is_no_amount_is_refused_by_its_field(limit: str):
    with pytest.raises(AmountMalformed) as caught:
        Fee.parse("5%", CNY, **{limit: "-1"})

    assert caught.value.field == limit


def test_limits_that_cross_are_refused():
    with pytest.raises(FeeMalformed) as caught:
        Fee.parse("5%", CNY, minimum="2.00", maximum="1.99")

    assert caught.value.field == "minimum"


@pytest.mark.parametrize(
    "parts",
    [
        {"percent": Decimal(-1)},
        {"percent": Decimal("100.1")},
        {"fixed": Money(-1, CNY)},
        {"minimum": Money(-1, CNY)},
        {"maximum": Money(-1, CNY)},
    ],
)
def test_a_fee_made_in_code_keeps_the_same_bounds(parts: dict[str, object]):
    with pytest.raises(FeeMalformed):
        Fee(**parts)  # type: ignore[arg-type]


def test_a_fee_has_one_currency_and_is_taken_on_that_one():
    with pytest.raises(CurrencyMismatch):
        Fee(fixed=Money(1, CNY), maximum=Money(1, USD))
    with pytest.raises(CurrencyMismatch):
        Fee(minimum=Money(1, CNY), maximum=Money(1, USD))
    for fee in (Fee(fixed=Money(1, CNY)), Fee(minimum=Money(1, CNY)), Fee(maximum=Money(1, CNY))):
        with pytest.raises(CurrencyMismatch):
            fee.of(Money(100, USD))


def test_a_float_is_no_percentage():
    with pytest.raises(TypeError):
        Fee(percent=1.36)  # type: ignore[arg-type]


def test_no_fee_is_taken_on_a_negative_amount():
    with pytest.raises(ValueError, match="at least zero"):
        Fee(Decimal(5)).of(Money(-100, CNY))


def test_a_fee_above_the_amount_is_refused_and_says_so():
    fee = Fee.parse("5% + 2.99", CNY)

    with pytest.raises(FeeExceedsAmount) as caught:
        fee.split_gross(Money(300, CNY))
    assert caught.value.there == "3.00 CNY"
    assert caught.value.allowed == "at least 3.14 CNY"


def test_a_fee_may_take_the_whole_amount():
    assert Fee.parse("2.99", CNY).split_gross(Money(299, CNY)) == (Money(0, CNY), Money(299, CNY))


percentages = st.decimals(min_value=0, max_value=100, places=6)


@given(
    minor=st.integers(0, 10**18),
    percent=percentages,
    fixed=st.integers(0, 10**6),
    limits=st.lists(st.integers(0, 10**9), min_size=2, max_size=2).map(sorted),
)
def test_net_and_fee_add_up_to_the_gross_or_the_fee_is_refused(
    minor: int, percent: Decimal, fixed: int, limits: list[int]
):
    fee = Fee(percent, Money(fixed, CNY), Money(limits[0], CNY), Money(limits[1], CNY))
    gross = Money(minor, CNY)

    try:
        net, charged = fee.split_gross(gross)
    except FeeExceedsAmount:
        assert fee.of(gross) > gross
    else:
        assert net + charged == gross
        assert net >= Money.zero(CNY)
        assert limits[0] <= charged.minor <= limits[1]


@given(percent=percentages, fixed=st.none() | st.integers(0, 10**6))
def test_the_formula_reads_back_as_the_same_fee(percent: Decimal, fixed: int | None):
    fee = Fee(percent, None if fixed is None else Money(fixed, CNY))

    assert Fee.parse(fee.formula, CNY) == fee


def test_a_fee_is_written_for_a_person_with_its_limits():
    fee = Fee.parse("5.50% + 2.99", CNY, minimum="3.00", maximum="50")

    assert str(fee) == "5.5% + 2.99, at least 3.00, at most 50.00"
    assert str(Fee()) == "0%"
