from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import data, integers, sampled_from

from tael.wallet.card_code import (
    ALPHABET,
    CardMalformed,
    digest_of,
    grouped,
    new_code,
    parse_code,
)


def test_a_code_has_eighty_random_bits_in_three_groups():
    codes = {new_code() for _ in range(2000)}

    assert len(codes) == 2000
    assert all([len(group) for group in code.split("-")] == [6, 6, 6] for code in codes)


@pytest.mark.rule("F-24")
def test_what_looks_alike_and_blanks_and_small_letters_are_read():
    code = next(code for code in iter(new_code, "") if "0" in code and "1" in code)

    typed = f" {code.lower().replace('0', 'o').replace('1', 'l').replace('-', ' ')} "

    assert grouped(parse_code(typed)) == code


@given(data(), integers(0, 17), sampled_from(ALPHABET))
def test_every_mistyped_character_is_found(drawn, place, sign):
    plain = parse_code(new_code())
    if plain[place] == sign:
        return

    with pytest.raises(CardMalformed):
        parse_code(plain[:place] + sign + plain[place + 1 :])


@given(integers(0, 16), integers(0, 17))
def test_every_two_swapped_characters_are_found(first, second):
    plain = list(parse_code(new_code()))
    if plain[first] == plain[second]:
        return
    plain[first], plain[second] = plain[second], plain[first]

    with pytest.raises(CardMalformed):
        parse_code("".join(plain))


@pytest.mark.rule("F-24", "F-38")
@pytest.mark.parametrize(
    "typed",
    ["", "0" * 17, "0" * 19, "U" * 18, "０" * 18, "0" * 5000, None, 7, "0000000000000000\x0000"],
)
def test_what_is_no_code_is_malformed_and_not_repeated(typed):
    with pytest.raises(CardMalformed) as refused:
        parse_code(typed)

    assert refused.value.there is None


def test_only_a_hash_of_the_code_is_kept():
    plain = parse_code(new_code())

    assert len(digest_of(plain)) == 32
    assert plain.encode() not in digest_of(plain)
