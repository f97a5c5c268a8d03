"""The invariants of imports of business records, with what they examine.

The queries stand in `tael.settlement.records.integrity_imports`.

Source: reliability, section 2: I30; B-15.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.records import integrity_imports

IMPORT_PROOFS: Final = proofs(
    integrity_imports.CHECKS,
    {
        "I30": (
            "a finished import has each of its rows with a verdict, and what a row recorded is there",
            "rows",
            "SELECT count(*) FROM settlement_import_row",
        )
    },
)
