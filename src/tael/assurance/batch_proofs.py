"""The proofs of payout batches and of the bank's answers to them, with what each one examines.

The queries stand in `tael.settlement.payouts.integrity_batches`.

Source: reliability, section 2: I20, I32.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.payouts import integrity_batches

BATCH_PROOFS: Final = proofs(
    integrity_batches.CHECKS,
    {
        "I20": (
            "a batch is its rows, and each row what became of its withdrawal",
            "payout rows",
            "SELECT count(*) FROM settlement_payout_row",
        ),
        "I32": (
            "a batch above the limit left with a second person's approval",
            "payout batches",
            "SELECT count(*) FROM settlement_payout_batch",
        ),
    },
)
