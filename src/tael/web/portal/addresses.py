"""The addresses of the portal; each page module names its own."""

from __future__ import annotations

from typing import Final

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
    sign_in,
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
    *sign_in.addresses,
    *statement.addresses,
    *transfer.addresses,
    *wallets.addresses,
    *withdrawals.addresses,
    *merchant.addresses,
]
