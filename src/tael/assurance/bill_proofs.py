"""The invariants of bills and of what is kept back of them, with what each one examines.

The queries stand in `tael.settlement.bills.integrity_bills`.

Source: reliability, section 2: I3, I17, I18, I30.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.bills import integrity_bills

_BILLS: Final = ("bills", "SELECT count(*) FROM settlement_bill")
_ACCOUNTS: Final = ("merchant accounts", "SELECT count(*) FROM settlement_account")

BILL_PROOFS: Final = (
    *proofs(
        integrity_bills.OF_BILLS,
        {
            "I17": (
                "a bill is the sum of its records and of its lines, each record on one bill at most",
                *_BILLS,
            ),
            "I18": ("an issued bill was posted once, and a void one taken back once", *_BILLS),
            "I30": ("bills are in a state of their life", *_BILLS),
        },
    ),
    *proofs(
        integrity_bills.OF_RESERVES,
        {
            "I3": (
                "a reserve holds what is kept back of bills",
                "reserves",
                "SELECT count(*) FROM settlement_reserve",
            )
        },
    ),
    *proofs(
        integrity_bills.OF_ACCOUNTS,
        {"I3": ("a merchant account holds the bills that were issued to it", *_ACCOUNTS)},
    ),
)
