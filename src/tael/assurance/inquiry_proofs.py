"""The proof of the search for unknown outcomes of payouts, with what it examines.

The queries stand in `tael.settlement.payouts.integrity_inquiries`.

Source: reliability, section 2: I20, I32.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.payouts import integrity_inquiries

INQUIRY_PROOFS: Final = proofs(
    integrity_inquiries.CHECKS,
    {
        "I20": (
            "an unknown outcome is asked for or with a person, and every answer is kept",
            "payout inquiries",
            "SELECT count(*) FROM settlement_payout_inquiry",
        ),
        "I32": (
            "above the limit what a person found out was confirmed by a second one",
            "payout rows answered by a person",
            "SELECT count(*) FROM settlement_payout_row WHERE answer IS NULL AND state IN ('paid', 'failed')",
        ),
    },
)
