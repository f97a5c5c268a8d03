"""The proofs of merchants' withdrawals and of the rules for automatic ones, with what each one examines.

The queries stand in `tael.settlement.payouts.integrity_payouts`.

Source: reliability, section 2: I20, I30, I32; A17.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.payouts import integrity_payouts

_WITHDRAWALS: Final = (
    "merchants' withdrawals",
    "SELECT count(*) FROM settlement_withdrawal",
)
_RULES: Final = ("rules", "SELECT count(*) FROM settlement_payout_rule")

PAYOUT_PROOFS: Final = (
    *proofs(
        integrity_payouts.CHECKS,
        {
            "I20": (
                "a merchant's withdrawal moved what it says, and what is on its way is set aside",
                *_WITHDRAWALS,
            ),
            "I30": ("merchants' withdrawals are in a state of their life", *_WITHDRAWALS),
        },
    ),
    *proofs(
        integrity_payouts.RULE_CHECKS,
        {
            "A17": ("a rule pays out its own account, once an occasion", *_RULES),
            "I32": ("a rule that took two people is what they agreed on", *_RULES),
        },
    ),
)
