"""The menu of the back office.

Source: peers, section 4.1.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tael.web.look.menu import Part, Way

MENU: Final = (
    Part(
        "",
        (Way("backoffice:home", _("Home"), "home"),),
    ),
    Part(
        _("Money"),
        (
            Way("backoffice:wallets", _("Wallets"), "wallet", "wallets.see"),
            Way("backoffice:flows", _("Flow records"), "list", "flows.see"),
            Way("backoffice:withdrawals", _("Withdrawals"), "withdraw", "withdrawals.see"),
            Way("backoffice:orders", _("Recharge orders"), "recharge", "orders.see"),
            Way("backoffice:suspense", _("Money in suspense"), "search", "orders.see"),
            Way("backoffice:cards", _("Recharge cards"), "card", "cards.see"),
            Way("backoffice:periods", _("Months of the books"), "calendar", "periods.see"),
        ),
    ),
    Part(
        _("Settlement"),
        (
            Way("backoffice:settlement-accounts", _("Merchant accounts"), "shop", "settlement.see"),
            Way("backoffice:settlement-records", _("Business records"), "list", "settlement.see"),
            Way("backoffice:settlement-imports", _("Imports"), "list", "settlement.see"),
            Way("backoffice:settlement-completeness", _("Completeness"), "check", "settlement.see"),
            Way("backoffice:settlement-bills", _("Bills"), "orders", "settlement.see"),
            Way("backoffice:settlement-reports", _("Period reports"), "calendar", "settlement.see"),
            Way(
                "backoffice:settlement-remittances", _("Remittances"), "transfer", "settlement.see"
            ),
            Way(
                "backoffice:settlement-withdrawals",
                _("Merchants' withdrawals"),
                "withdraw",
                "settlement.see",
            ),
            Way("backoffice:settlement-batches", _("Payout batches"), "bank", "settlement.see"),
            Way("backoffice:bank-statements", _("Bank statements"), "bank", "settlement.see"),
            Way("backoffice:bank-lines", _("Bank lines"), "list", "settlement.see"),
            Way("backoffice:proposals", _("Proposals"), "shield", "proposals.see"),
        ),
    ),
    Part(
        _("Registries"),
        (
            Way("backoffice:channels", _("Channels"), "channel", "registries.see"),
            Way("backoffice:currencies", _("Currencies"), "coins", "registries.see"),
            Way("backoffice:rates", _("Rates"), "exchange", "registries.see"),
            Way("backoffice:payee-accounts", _("Payee accounts"), "bank", "withdrawals.see"),
            Way("backoffice:settlement-kinds", _("Kinds of business"), "list", "settlement.see"),
            Way("backoffice:settlement-sources", _("Sources"), "code", "settlement.see"),
            Way(
                "backoffice:bank-accounts",
                _("Bank accounts of the house"),
                "bank",
                "settlement.see",
            ),
            Way(
                "backoffice:settlement-calendar",
                _("Business calendar"),
                "calendar",
                "settlement.see",
            ),
        ),
    ),
    Part(
        _("House"),
        (
            Way("backoffice:users", _("Customers' users"), "user", "users.see"),
            Way("backoffice:staff", _("Staff"), "people", "staff.see"),
            Way("backoffice:api-keys", _("API keys"), "key", "keys.see"),
            Way("backoffice:webhooks", _("Webhooks"), "webhook", "webhooks.see"),
            Way("backoffice:audit", _("Audit trail"), "audit", "audit.see"),
        ),
    ),
)
