"""The day of a payment as people and programs write it: 2026-03-01.

Source: E-14; F-38.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from tael.settlement.remittances.remittance import RemittanceMalformed

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_paid_on(text: object) -> date:
    """Read the day on which a remittance was paid.

    Raises:
        RemittanceMalformed: it is no day, or there is none.

    Source: E-14.
    """
    plain = text.strip() if isinstance(text, str) else ""
    try:
        if _DAY.fullmatch(plain):
            return date.fromisoformat(plain)
    except ValueError:  # the 30th of February
        pass
    message = "The day of the payment is no day."
    there = repr(plain)[1:-1][:40]
    raise RemittanceMalformed(message, field="paid_on", there=there, allowed="a day, as 2026-03-01")
