"""The addresses of the portal; each page module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.access.addresses import addresses_of
from tael.web.access.door import PORTAL_DOOR
from tael.web.look import appearance, numbers  # noqa: F401 - <number:…> in addresses
from tael.web.portal import (
    cards,
    downloads,
    exchange,
    holds,
    orders,
    pay,
    payee_accounts,
    recharge,
    records,
    security,
    statement,
    transfer,
    wallets,
    withdrawals,
)
from tael.web.portal.merchant import addresses as merchant

app_name: Final = "portal"
urlpatterns: Final = [
    *appearance.addresses,
    *cards.addresses,
    *downloads.addresses,
    *exchange.addresses,
    *holds.addresses,
    *orders.addresses,
    *pay.addresses,
    *payee_accounts.addresses,
    *recharge.addresses,
    *records.addresses,
    *security.addresses,
    *addresses_of(PORTAL_DOOR),
    *statement.addresses,
    *transfer.addresses,
    *wallets.addresses,
    *withdrawals.addresses,
    *merchant.addresses,
]
