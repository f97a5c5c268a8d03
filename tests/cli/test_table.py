"""Columns stand straight, whatever script is in them."""

from __future__ import annotations

import pytest

from tael.cli.table import table, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("Alipay", 6),
        ("支付寶", 6),
        ("Li Hua 李华", 11),
        ("１２．５", 8),
        ("e\u0301", 1),  # an accent on the letter before
        ("a\u200bb", 2),  # a space without width
        ("兩", 2),
    ],
)
def test_a_text_takes_as_many_columns_as_a_terminal_gives_it(text, columns):
    assert width(text) == columns


def test_every_column_is_as_wide_as_its_widest_cell():
    text = table(("name", "amount"), [("支付寶", "1.00"), ("x", "1000.00")], right=(False, True))

    assert text.splitlines() == [
        "name     amount",
        "支付寶     1.00",
        "x       1000.00",
    ]


def test_lines_have_no_blanks_at_their_ends():
    text = table(("a", "b"), [("1", ""), ("1", "long")], right=(False, False))

    assert text.splitlines() == ["a  b", "1", "1  long"]
