"""The proofs of remittances, collections, adjustments and proposals, with what each one examines.

Source: reliability, section 2: I32; B-03, B-25, B-31, B-32.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.remittances import integrity_remittance

_REMITTANCES: Final = ("remittances", "SELECT count(*) FROM settlement_remittance")

REMITTANCE_PROOFS: Final = (
    *proofs(
        integrity_remittance.CHECKS,
        {
            "B-32": (
                "a remittance moved its account when it was confirmed, by its amount",
                *_REMITTANCES,
            ),
            "B-31": ("the other side decided about a remittance", *_REMITTANCES),
            "B-25": (
                "a collection took from the merchant's own wallet what it paid",
                "collections",
                "SELECT count(*) FROM settlement_collection",
            ),
            "B-03": (
                "an adjustment is the entry that was made of it",
                "adjustments",
                "SELECT count(*) FROM settlement_adjustment",
            ),
        },
    ),
    *proofs(
        integrity_remittance.PROPOSAL_CHECKS,
        {
            "I32": (
                "what takes two people was proposed by one, approved by another and done as proposed",
                "proposals",
                "SELECT count(*) FROM approvals_proposal",
            )
        },
    ),
)
