"""The invariant of period reports, with what it examines.

The queries stand in `tael.settlement.reports.integrity_reports`.

Source: reliability, section 2: I19.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import proofs
from tael.settlement.reports import integrity_reports

REPORT_PROOFS: Final = proofs(
    integrity_reports.CHECKS,
    {
        "I19": (
            "a period report closes with what it opened with, came and went, and the next opens with that",
            "period reports",
            "SELECT count(*) FROM settlement_period_report",
        )
    },
)
