"""The addresses of the settlement's pages; each module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.backoffice.settlement import (
    account_acts,
    accounts,
    adjustments,
    batch_results,
    batches,
    bill_downloads,
    bill_runs,
    bills,
    calendar,
    completeness,
    completeness_cases,
    imports,
    kinds,
    record_acts,
    records,
    remittances,
    reports,
    reserves,
    rules,
    sources,
    terms,
    withdrawal_downloads,
    withdrawals,
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
    *account_acts.addresses,
    *calendar.addresses,
    *kinds.addresses,
    *record_acts.addresses,
    *records.addresses,
    *sources.addresses,
    *terms.addresses,
    *reports.addresses,
    *reserves.addresses,
    *remittances.addresses,
    *rules.addresses,
    *withdrawal_downloads.addresses,
    *withdrawals.addresses,
]
