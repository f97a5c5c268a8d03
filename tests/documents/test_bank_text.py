"""What a bank's message takes: basic Latin for Latin texts, other scripts as they are, IBAN and BIC checked."""

from __future__ import annotations

from unicodedata import name

import pytest

from tael.documents.bank_text import bank_text, is_basic, is_bic, is_iban

pytestmark = pytest.mark.rule("B-35")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Müller & Söhne", "Muller + Sohne"),
        ("Łódź Straße 5", "Lodz Strasse 5"),
        ("Æsir <Ø>", "AEsir .O."),
        ("a\tb\n c", "a b c"),
        ("O\u2019Neill \u2013 Bros", "O'Neill - Bros"),
        ("\uff21\uff22", "AB"),
        ("李华", "李华"),
        ("李华 & Co", "李华 & Co"),
        ("李\u0000华\ufffe", "李 华"),
        ("", ""),
    ],
)
def test_a_latin_text_is_spelled_in_basic_latin_and_a_chinese_name_stays(text, written):
    assert bank_text(text, 140) == written


@pytest.mark.parametrize("text", ["Ünïcödé" * 30, "李华" * 100])
def test_a_text_is_cut_where_the_standard_says(text):
    assert len(bank_text(text, 70)) == 70


def test_every_latin_letter_finds_a_spelling():
    letters = [chr(code) for code in range(0x250) if "LATIN" in name(chr(code), "")]
    assert len(letters) > 400
    assert all(is_basic(bank_text(letter, 140)) for letter in letters)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("DE89370400440532013000", True),
        ("GB82WEST12345698765432", True),
        ("NO9386011117947", True),
        ("DE88370400440532013000", False),
        ("DE89370400440532031000", False),
        ("de89370400440532013000", False),
        ("DE89", False),
        ("6222000011112222", False),
    ],
)
def test_an_iban_is_one_by_its_check_digits(text, good):
    assert is_iban(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("DEUTDEFF", True),
        ("DEUTDEFF500", True),
        ("DEUTDEFF5", False),
        ("DEUTDEF", False),
        ("DEUT1EFF", False),
        ("deutdeff", False),
    ],
)
def test_a_bic_has_eight_or_eleven_signs(text, good):
    assert is_bic(text) is good
