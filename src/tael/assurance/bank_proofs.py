"""The proofs of the house's bank lines and of the money that stands in suspense for them, with what each examines.

Source: peers-settlement-invest A23, A26, A27, A31.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.bank import integrity_bank

_LINES: Final = ("lines", "SELECT count(*) FROM settlement_bank_line")

BANK_PROOFS: Final = proofs(
    integrity_bank.CHECKS,
    {
        "A23": (
            "money in suspense for a bank's line is that line's, and staff look after it",
            *_LINES,
        ),
        "A26": (
            "a bank's statement has the lines and the broken balances that it says",
            "statements",
            "SELECT count(*) FROM settlement_bank_statement",
        ),
        "A27": ("equal lines of a bank are counted without a gap", *_LINES),
        "A31": ("no line's money is in suspense and booked as something else as well", *_LINES),
    },
)
