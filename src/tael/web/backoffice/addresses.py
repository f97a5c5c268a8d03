"""The addresses of the back office; each page module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.access.addresses import addresses_of
from tael.web.access.door import BACKOFFICE_DOOR
from tael.web.backoffice import (
    api_keys,
    approval_limits,
    audit,
    cards,
    channels,
    check_limits,
    currencies,
    downloads,
    flow,
    flows,
    holds,
    home,
    list_downloads,
    notices,
    operations,
    orders,
    payee_accounts,
    periods,
    proposals,
    rates,
    second_factor,
    security,
    silent_orders,
    staff,
    suspense,
    users,
    wallet,
    wallets,
    webhooks,
    withdrawals,
)
from tael.web.backoffice.settlement import addresses as settlement
from tael.web.look import appearance, numbers  # noqa: F401 - <number:…> in addresses

app_name: Final = "backoffice"
urlpatterns: Final = [
    *appearance.addresses,
    *downloads.addresses,
    *list_downloads.addresses,
    *second_factor.addresses,
    *security.addresses,
    *addresses_of(BACKOFFICE_DOOR),
    *staff.addresses,
    *users.addresses,
    *flow.addresses,
    *flows.addresses,
    *holds.addresses,
    *silent_orders.addresses,
    *home.addresses,
    *operations.addresses,
    *wallet.addresses,
    *wallets.addresses,
    *webhooks.addresses,
    *api_keys.addresses,
    *approval_limits.addresses,
    *audit.addresses,
    *cards.addresses,
    *channels.addresses,
    *check_limits.addresses,
    *currencies.addresses,
    *notices.addresses,
    *orders.addresses,
    *suspense.addresses,
    *payee_accounts.addresses,
    *periods.addresses,
    *proposals.addresses,
    *rates.addresses,
    *withdrawals.addresses,
    *settlement.addresses,
]
