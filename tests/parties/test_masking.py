"""What others may see of a name or an account's number."""

from __future__ import annotations

import pytest

from tael.parties.masking import masked_name, masked_number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Li Hua", "L* H**"),
        ("李華", "李*"),
        ("Nordlicht Kaffee GmbH", "N******** K***** G***"),
        ("X", "*"),
        ("X Y", "*"),
        ("", "*"),
    ],
)
def test_of_a_name_the_first_letters_are_shown(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6222 0212 0000 0017", "**** 0017"),
        ("lihua@example.com", "l****@example.com"),
        ("12345678", "****"),
        ("@example.com", "**** .com"),
        ("x@example.com", "**** .com"),
        ("", "****"),
    ],
)
def test_of_a_number_the_last_four_are_shown_if_it_is_long(number, shown):
    assert masked_number(number) == shown
