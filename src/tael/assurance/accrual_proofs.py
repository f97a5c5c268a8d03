"""The invariants of business records and merchant accounts, with what each one examines.

The queries stand in `tael.settlement.records.integrity_accruals`.

Source: reliability, section 2: I12, I30, I36.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.records import integrity_accruals

_RECORDS: Final = ("business records", "SELECT count(*) FROM settlement_accrual")

ACCRUAL_PROOFS: Final = (
    *proofs(
        integrity_accruals.OF_ACCRUALS,
        {
            "I12": (
                "reversals of a business record never exceed it, and only confirmed ones are reversed",
                *_RECORDS,
            ),
            "I30": ("business records are in a state of their life", *_RECORDS),
        },
    ),
    *proofs(
        integrity_accruals.OF_MERCHANTS,
        {
            "I36": (
                "a merchant account stands on accounts of its own",
                "merchant accounts",
                "SELECT count(*) FROM settlement_account",
            )
        },
    ),
)
