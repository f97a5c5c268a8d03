"""The invariants of the completeness checks, with what they examine.

The queries stand in `tael.settlement.completeness.integrity_completeness`.

Source: reliability, section 2: I30; B-14.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.completeness import integrity_completeness

COMPLETENESS_PROOFS: Final = proofs(
    integrity_completeness.CHECKS,
    {
        "I30": (
            "a day of the completeness check counts its open cases, and each is in a state of its life",
            "days",
            "SELECT count(*) FROM settlement_completeness_day",
        )
    },
)
