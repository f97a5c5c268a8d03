"""What is kept of a password, and what is refused as one."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from cheap_hashes import hash_as_the_house
from tael.parties import password
from tael.parties.password import PasswordRefused, check_password, hash_password, password_fits


@pytest.fixture(autouse=True)
def dear_hashes(monkeypatch):
    hash_as_the_house(monkeypatch)


@pytest.mark.rule("T16")
def test_argon2id_is_kept_and_never_twice_the_same():
    kept, again = hash_password("correct horse"), hash_password("correct horse")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != again
    assert password_fits("correct horse", kept)
    assert not password_fits("correct hors", kept)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$broken"])
def test_without_a_good_hash_nothing_fits(kept):
    assert not password_fits("", kept)
    assert not password_fits("the password of nobody at all", kept)


def test_nobodys_hash_costs_what_anybodys_does():
    costs = [extract_parameters(kept) for kept in (password._NOBODYS, hash_password("four words"))]

    assert costs[0] == costs[1]


def test_another_keyboard_types_the_same_password():
    assert password_fits("ｃorrect horse é", hash_password("correct horse e\u0301"))


def test_a_very_long_text_is_no_password_and_costs_nothing():
    assert not password_fits("a" * 1_000_000, hash_password("a" * 128))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "a" * 129,
        "password123",
        "1234567890",
        "PASSWORD123",
        "aaaaaaaaaaaa",
        "somebody@example.com",
    ],
)  # fmt: skip - a list to read
def test_what_guessers_know_is_refused(text):
    with pytest.raises(PasswordRefused):
        check_password(text, login="somebody@example.com")


def test_a_few_words_are_a_password():
    check_password("correct horse battery", login="somebody@example.com")
