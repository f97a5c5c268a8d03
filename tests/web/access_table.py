"""Who may open what: every address of both sites by its name, and what each visitor is answered.

Whoever adds a page adds its line here; `test_access.py` walks both sites and fails for a page without one.

Source: reliability T14.
"""

from __future__ import annotations

from typing import Final

STAFF: Final = ("support", "finance_maker", "finance_checker", "admin", "auditor")

# The cells of the table, for those who cannot open the page.
OPEN: Final = "open"  # for everybody, also for who has not signed in
ALL: Final = frozenset(STAFF)  # everybody of the house; who is not of it is asked to sign in
MONEY: Final = ALL
MAKER: Final = frozenset({"finance_maker"})
CHECKER: Final = frozenset({"finance_checker"})
ADMIN: Final = frozenset({"admin"})
REGISTRIES: Final = frozenset({"finance_maker", "finance_checker", "admin", "auditor"})
WATCHERS: Final = frozenset({"admin", "auditor"})
USERS: Final = frozenset({"support", "admin", "auditor"})
INVITE: Final = frozenset({"support", "admin"})
EXPORTS: Final = frozenset({"finance_maker", "finance_checker", "auditor"})

BACKOFFICE: Final[dict[str, str | frozenset[str]]] = {
    # at the door
    "appearance": OPEN,
    "sign-in": OPEN,
    "sign-out": OPEN,
    "set-password": OPEN,
    "second-factor": ALL,
    # oneself
    "security": ALL,
    "change-password": ALL,
    "end-sessions": ALL,
    "recovery-codes": ALL,
    # who signs in
    "staff": WATCHERS,
    "staff-member": WATCHERS,
    "add-staff": ADMIN,
    "change-staff": ADMIN,
    "users": USERS,
    "user": USERS,
    "add-user": INVITE,
    "change-user": INVITE,
    # money
    "home": ALL,
    "find": MONEY,
    "wallets": MONEY,
    "wallet": MONEY,
    "wallet-holds": MONEY,
    "holds": MONEY,
    "silent-orders": MONEY,
    "open-wallet": MAKER,
    "wallet-operate": MAKER,
    "wallet-switch": MAKER,
    "flows": MONEY,
    "flow": MONEY,
    "flow-refund": MAKER,
    "flows-download": EXPORTS,
    "statement-download": EXPORTS,
    # what is reviewed, ordered, issued
    "withdrawals": MONEY,
    "withdrawal": MONEY,
    "withdrawal-approve": MAKER,
    "withdrawal-refuse": MAKER,
    "withdrawal-confirm": CHECKER,
    "withdrawal-decline": CHECKER,
    "payee-accounts": MONEY,
    "orders": MONEY,
    "order": MONEY,
    "order-close": MAKER,
    "notices": MONEY,
    "notice": MONEY,
    "suspense": MONEY,
    "suspense-item": MONEY,
    "suspense-place": MAKER,
    "suspense-return": MAKER,
    "suspense-drop": MAKER,
    "suspense-confirm": CHECKER,
    "suspense-decline": CHECKER,
    "cards": MONEY,
    "card-batch": MONEY,
    "card-issue": MAKER,
    "card-void": MAKER,
    "card-void-one": MAKER,
    "periods": REGISTRIES,
    "period": REGISTRIES,
    "period-close": CHECKER,
    # settlement with merchants
    "settlement-accounts": MONEY,
    "settlement-account": MONEY,
    "settlement-records": MONEY,
    "settlement-record": MONEY,
    "settlement-bills": MONEY,
    "settlement-bill": MONEY,
    "settlement-bill-records": MONEY,
    "settlement-bill-review": MAKER,
    "settlement-bill-reopen": MAKER,
    "settlement-bill-refresh": MAKER,
    "settlement-bill-issue": MAKER,
    "settlement-bill-replace": MAKER,
    "settlement-bill-runs": MONEY,
    "settlement-bill-run": MONEY,
    "settlement-bill-run-progress": MONEY,
    "settlement-bill-run-start": MAKER,
    "settlement-bill-run-go-on": MAKER,
    "settlement-reports": MONEY,
    "settlement-report": MONEY,
    "settlement-report-make": MAKER,
    "settlement-figures": MONEY,
    "settlement-details": MONEY,
    "settlement-bill-download": EXPORTS,
    "settlement-bills-download": EXPORTS,
    "settlement-bill-records-download": EXPORTS,
    "settlement-report-download": EXPORTS,
    "settlement-figures-download": EXPORTS,
    "settlement-details-download": EXPORTS,
    # registries and the house
    "check-limits": REGISTRIES,
    "check-limit-change": ADMIN,
    "channels": REGISTRIES,
    "channel": REGISTRIES,
    "channel-add": ADMIN,
    "channel-change": ADMIN,
    "channel-switch": ADMIN,
    "currencies": REGISTRIES,
    "currency-add": ADMIN,
    "currency-switch": ADMIN,
    "rates": REGISTRIES,
    "rate-change": ADMIN,
    "api-keys": WATCHERS,
    "api-key-create": ADMIN,
    "api-key-revoke": ADMIN,
    "audit": WATCHERS,
    "webhooks": WATCHERS,
    "webhook": WATCHERS,
    "webhook-delivery": WATCHERS,
    "webhook-add": ADMIN,
    "webhook-switch": ADMIN,
    "webhook-change": ADMIN,
    "webhook-rotate": ADMIN,
    "webhook-test": ADMIN,
    "webhook-resend": ADMIN,
    # what either side has paid, corrections, and what takes two people
    "settlement-remittances": MONEY,
    "settlement-remittance": MONEY,
    "settlement-remittance-declare": MAKER,
    "settlement-remittance-confirm": MAKER,
    "settlement-remittance-dispute": MAKER,
    "settlement-remittance-withdraw": MAKER,
    "settlement-adjustments": MONEY,
    "settlement-collections": MONEY,
    "settlement-account-adjust": MAKER,
    "settlement-account-collect": MAKER,
    "proposals": REGISTRIES,
    "proposal": REGISTRIES,
    "proposals-decide": CHECKER,
    "proposal-approve": CHECKER,
    "proposal-refuse": CHECKER,
    "proposal-withdraw": REGISTRIES,
    "approval-limits": REGISTRIES,
    "approval-limit-change": ADMIN,
}

OWN: Final = "own"  # who has signed in for a customer

# Addresses with a number: whose number it is. Another customer's is answered as one that is not there.
PORTAL: Final[dict[str, str]] = {
    # at the door
    "appearance": OPEN,
    "sign-in": OPEN,
    "sign-out": OPEN,
    "set-password": OPEN,
    # oneself
    "security": OWN,
    "change-password": OWN,
    "end-sessions": OWN,
    # money
    "home": OWN,
    "wallets": OWN,
    "open-wallet": OWN,
    "wallet": "wallet",
    "statement": OWN,
    "statement-download": "wallet",
    "record": "record",
    "points": OWN,
    "recharge": OWN,
    "orders": OWN,
    "order": "order",
    "order-state": "order",
    "pay-order": "order",
    "close-order": "order",
    "redeem": OWN,
    "pay": OWN,
    "transfer": OWN,
    "exchange": OWN,
    "holds": OWN,
    "hold": "hold",
    "withdraw": OWN,
    "withdrawals": OWN,
    "withdrawal": "withdrawal",
    "cancel-withdrawal": "withdrawal",
    # of merchants
    "merchant-earnings": OWN,
    "merchant-bills": OWN,
    "merchant-bills-download": OWN,
    "merchant-bill": "bill",
    "merchant-bill-download": "bill",
    "merchant-bill-records": "bill",
    "merchant-bill-records-download": "bill",
    "merchant-reports": OWN,
    "merchant-report": "report",
    "merchant-report-download": "report",
    "merchant-details": OWN,
    "merchant-details-download": "merchant_account",
    "merchant-figures-download": "merchant_account",
    # payee accounts
    "payee-accounts": OWN,
    "add-payee-account": OWN,
    "close-payee-account": "payee",
}
