from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amount_inputs import AMOUNT_INPUTS, JSON_NUMBERS, AmountInput
from tael.money import (
    MAX_MINOR,
    AmountMalformed,
    AmountNotPositive,
    AmountTooLarge,
    AmountTooPrecise,
    Currency,
    Money,
    iso_currency,
    parse_amount,
)
from tael.refusal import Refusal

CNY = iso_currency("CNY")


def verdict(given_input: AmountInput) -> int | str:
    try:
        return parse_amount(given_input.value, iso_currency(given_input.currency)).minor
    except Refusal as refusal:
        return refusal.code


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    "given_input", AMOUNT_INPUTS, ids=lambda i: ascii(f"{i.value!r:.40} {i.currency}")
)
def test_the_parser_gives_the_verdict_of_the_table(given_input: AmountInput):
    assert verdict(given_input) == given_input.verdict


@pytest.mark.parametrize("wire", JSON_NUMBERS)
def test_a_json_number_is_refused_as_it_arrives(wire: str):
    with pytest.raises(AmountMalformed):
        parse_amount(json.loads(wire), CNY)


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    ("text", "refusal", "allowed"),
    [
        ("x", AmountMalformed, "digits with at most 2 decimals"),
        ("1.234", AmountTooPrecise, "digits with at most 2 decimals"),
        ("1" * 30, AmountTooLarge, "at most 9999999999999999.99 CNY"),
        ("0", AmountNotPositive, "at least 0.01 CNY"),
    ],
)
def test_a_refusal_names_the_field_the_rule_and_what_would_be_allowed(
    text: str, refusal: type[Refusal], allowed: str
):
    with pytest.raises(refusal) as caught:
        parse_amount(text, CNY, field="transfer.amount")

    assert caught.value.field == "transfer.amount"
    assert caught.value.rule == "F-38"
    assert caught.value.allowed == allowed


def test_a_refusal_repeats_what_was_typed_as_it_reads_in_part_and_nothing_that_hides():
    with pytest.raises(AmountMalformed) as caught:
        parse_amount("\uff11\x1b[2J\u202e" + "9" * 10_000, CNY)

    there = caught.value.there or ""
    assert there.startswith("'\uff11\\x1b[2J\\u202e99")
    assert there.isprintable()
    assert len(there) < 100


def test_zero_is_an_amount_where_the_caller_says_so():
    assert parse_amount("0.00", CNY, allow_zero=True) == Money(0, CNY)
    with pytest.raises(AmountMalformed):
        parse_amount("-0.00", CNY, allow_zero=True)


def test_a_currency_with_eight_decimals_is_read_to_its_last_unit():
    coin = Currency("COIN", 8)

    assert parse_amount("0.00000001", coin).minor == 1
    assert parse_amount("9999999999.99999999", coin).minor == MAX_MINOR
    with pytest.raises(AmountTooLarge):
        parse_amount("10000000000", coin)


@given(minor=st.integers(1, MAX_MINOR), exponent=st.integers(0, 8))
def test_what_is_written_is_read_back_as_the_same_amount(minor: int, exponent: int):
    money = Money(minor, Currency("ABC", exponent))

    assert parse_amount(money.text, money.currency) == money


@given(text=st.text(max_size=70) | st.from_regex(r"\A[-+0-9.,eE_ ]{1,25}\Z"))
def test_any_text_is_an_amount_within_the_bounds_or_a_refusal(text: str):
    try:
        money = parse_amount(text, CNY)
    except Refusal:
        return  # every other error fails the test
    assert 0 < money.minor <= MAX_MINOR
    assert set(text) <= set("0123456789.")
    assert money.text.startswith(text)
