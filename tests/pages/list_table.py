"""Which pages show lists, and which do not: every address of both sites stands in one of the two.

Whoever adds a page adds its name here; `test_list_queries.py` opens each list with few rows and with many
and fails for a page without a line.

Source: E-03; peers-settlement-invest, sections 4.1 to 4.3.
"""

from __future__ import annotations

from typing import Final

from pages import settlement_lists as settlement

# Name of the page: what its address takes, by the names of `Things`, and the query.
Lists = dict[str, tuple[dict[str, str], str]]

BACKOFFICE_LISTS: Final[Lists] = {
    **settlement.BACKOFFICE_LISTS,
    "home": ({}, "period=1Y"),
    "security": ({}, ""),
    "staff": ({}, ""),
    "users": ({}, ""),
    "wallets": ({}, ""),
    "wallet": ({"number": "wallet"}, ""),
    "wallet-holds": ({"number": "wallet"}, ""),
    "holds": ({}, ""),
    "silent-orders": ({}, ""),
    "flows": ({}, ""),
    "flow": ({"number": "deduction"}, ""),
    "withdrawals": ({}, ""),
    "withdrawal": ({"number": "withdrawal"}, ""),
    "payee-accounts": ({}, ""),
    "orders": ({}, ""),
    "order": ({"number": "order"}, ""),
    "notices": ({}, ""),
    "suspense": ({}, ""),
    "cards": ({}, ""),
    "card-batch": ({"number": "batch"}, ""),
    "check-limits": ({}, ""),
    "channels": ({}, ""),
    "currencies": ({}, ""),
    "rates": ({}, ""),
    "api-keys": ({}, ""),
    "audit": ({}, "action=business_kind.set"),
    "webhooks": ({}, ""),
    "find": ({}, "q=shared-number"),
}

PORTAL_LISTS: Final[Lists] = {
    **settlement.PORTAL_LISTS,
    "home": ({}, ""),
    "security": ({}, ""),
    "wallets": ({}, ""),
    "wallet": ({"number": "wallet"}, ""),
    "statement": ({}, ""),
    "points": ({}, ""),
    "orders": ({}, ""),
    "holds": ({}, "all=1"),
    "withdrawals": ({}, ""),
    "payee-accounts": ({}, ""),
    # forms that offer one's wallets or payee accounts to choose from
    "recharge": ({}, ""),
    "pay": ({}, ""),
    "transfer": ({}, ""),
    "exchange": ({}, ""),
    "withdraw": ({}, ""),
}

BACKOFFICE_OTHERS: Final = frozenset(
    {
        *settlement.BACKOFFICE_OTHERS,
        # at the door, oneself
        *("appearance", "sign-in", "sign-out", "set-password", "second-factor"),
        *("change-password", "end-sessions", "recovery-codes"),
        # forms and acts of one thing
        *("add-staff", "change-staff", "add-user", "change-user"),
        *("open-wallet", "wallet-operate", "wallet-switch", "flow-refund"),
        *("withdrawal-approve", "withdrawal-refuse", "withdrawal-confirm", "withdrawal-decline"),
        *("suspense-assign", "suspense-retype"),
        *("suspense-item", "suspense-place", "suspense-return", "suspense-drop"),
        *("suspense-confirm", "suspense-decline"),
        *("order-close", "notice", "card-issue", "card-void", "check-limit-change"),
        *("card-void-one", "period", "period-close"),
        *("period-soft-close", "period-reopen"),
        *("channel-add", "channel-change", "channel-switch", "currency-add", "currency-switch"),
        *("rate-change", "api-key-create", "api-key-revoke"),
        *("webhook-add", "webhook-switch", "webhook-resend"),
        *("webhook-change", "webhook-rotate", "webhook-test"),
        # one thing, whose facts are all that is shown; of a delivery its attempts (test_webhooks.py)
        *("channel", "webhook", "webhook-delivery", "staff-member", "user"),
        # as many months, whatever there is in them
        "periods",
        # files, whose rows are read in portions
        *("flows-download", "statement-download"),
    }
)

PORTAL_OTHERS: Final = frozenset(
    {
        *settlement.PORTAL_OTHERS,
        *("appearance", "sign-in", "sign-out", "set-password", "change-password", "end-sessions"),
        *("open-wallet", "order-state", "pay-order", "close-order", "cancel-withdrawal"),
        *("add-payee-account", "close-payee-account", "statement-download"),
        # one thing, whose facts are all that is shown
        *("record", "order", "hold", "withdrawal", "redeem"),
    }
)
