from __future__ import annotations

import pytest

from tael.money import Currency
from tael.refusal import Refusal
from tael.settlement.signed_amount import parse_signed_amount

CNY = Currency("CNY", 2)


@pytest.mark.parametrize(("text", "minor"), [("30.00", 3000), ("-30", -3000), ("-0.01", -1)])
def test_an_amount_may_be_below_zero(text, minor):
    assert parse_signed_amount(text, CNY).minor == minor


@pytest.mark.parametrize(
    "text", ["0", "-0", "--1", "- 1", "-1.001", "1-", "−1", "", "-", None, 1, -1.0]
)
def test_what_is_no_amount_is_refused_by_field(text):
    with pytest.raises(Refusal) as refused:
        parse_signed_amount(text, CNY, field="total")

    assert refused.value.field == "total"
