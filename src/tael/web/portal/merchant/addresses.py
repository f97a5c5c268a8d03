"""The addresses of the merchants' pages; each module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.portal.merchant import (
    bills,
    earnings,
    list_downloads,
    moves,
    payouts,
    records,
    remittances,
    reports,
    reserve,
    rule,
)

addresses: Final = [
    *bills.addresses,
    *earnings.addresses,
    *list_downloads.addresses,
    *moves.addresses,
    *records.addresses,
    *reports.addresses,
    *reserve.addresses,
    *remittances.addresses,
    *payouts.addresses,
    *rule.addresses,
]
