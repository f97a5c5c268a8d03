"""The addresses of the settlement's pages; each module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.backoffice.settlement import (
    accounts,
    adjustments,
    batch_results,
    batches,
    bill_downloads,
    bill_runs,
    bills,
    completeness,
    completeness_cases,
    imports,
    records,
    remittances,
    reports,
)

addresses: Final = [
    *adjustments.addresses,
    *batches.addresses,
    *batch_results.addresses,
    *accounts.addresses,
    *bill_downloads.addresses,
    *bill_runs.addresses,
    *bills.addresses,
    *imports.addresses,
    *completeness.addresses,
    *completeness_cases.addresses,
    *records.addresses,
    *reports.addresses,
    *remittances.addresses,
]
