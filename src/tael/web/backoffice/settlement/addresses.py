"""The addresses of the settlement's pages; each module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.backoffice.settlement import accounts, records

addresses: Final = [
    *accounts.addresses,
    *records.addresses,
]
