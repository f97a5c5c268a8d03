from __future__ import annotations

from datetime import date

import pytest

from tael.settlement.remittances.paid_on import parse_paid_on
from tael.settlement.remittances.remittance import RemittanceMalformed


def test_a_day_is_read():
    assert parse_paid_on(" 2026-02-28 ") == date(2026, 2, 28)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "20260228", "2026-W01-1", "1.3.2026", None, 20260228]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(RemittanceMalformed) as refused:
        parse_paid_on(text)
    assert refused.value.field == "paid_on"
