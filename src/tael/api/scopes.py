"""Which scope each endpoint asks for: the one table, which the tests walk.

An endpoint that is not in it cannot be registered. None means that no API key is asked for; ANY_KEY
that every key will do, because what is in the request is asked for its own scopes.

Source: reliability, T14 and section 3a (roles).
"""

from __future__ import annotations

from typing import Final

ANY_KEY: Final = ""

ENDPOINTS: Final[dict[str, str | None]] = {
    # no key: says that the server lives, and nothing else
    "health": None,
    # no key: the gateway's signature is the proof
    "receive_callback": None,
    "list_customers": "customers:read",
    "register_customer": "customers:write",
    "get_customer": "customers:read",
    "disable_customer": "customers:write",
    "enable_customer": "customers:write",
    "list_payee_accounts": "customers:read",
    "add_payee_account": "payees:write",
    "get_payee_account": "customers:read",
    "close_payee_account": "payees:write",
    "list_currencies": "settings:read",
    "add_currency": "settings:write",
    "change_currency": "settings:write",
    "list_channels": "settings:read",
    "get_channel": "settings:read",
    "add_channel": "settings:write",
    "change_channel": "settings:write",
    "list_rates": "settings:read",
    "set_rate": "settings:write",
    "list_rate_history": "settings:read",
    "list_wallets": "wallets:read",
    "open_wallet": "wallets:open",
    "get_wallet": "wallets:read",
    "list_wallet_flows": "wallets:read",
    "get_statement": "wallets:read",
    "download_statement": "wallets:read",
    "get_balance": "wallets:read",
    "disable_wallet": "settings:write",
    "enable_wallet": "settings:write",
    "recharge": "operations:recharge",
    "deduct": "operations:deduct",
    "transfer": "operations:transfer",
    "freeze": "operations:freeze",
    "unfreeze": "operations:unfreeze",
    "withdraw": "operations:withdraw",
    "exchange": "operations:exchange",
    "make_quote": "operations:exchange",
    "list_holds": "wallets:read",
    "get_hold": "wallets:read",
    "capture_hold": "operations:deduct",
    "release_hold": "operations:unfreeze",
    "list_flows": "wallets:read",
    "get_flow": "wallets:read",
    # all wallets' records in one file: no key of a customer has this scope
    "download_flows": "books:read",
    "reverse_flow": "operations:reverse",
    "list_recharge_orders": "recharge_orders:read",
    "create_recharge_order": "recharge_orders:create",
    "get_recharge_order": "recharge_orders:read",
    "get_checkout": "recharge_orders:create",
    "confirm_recharge_order": "recharge_orders:confirm",
    "close_recharge_order": "recharge_orders:create",
    "list_suspense": "suspense:read",
    "get_suspense_item": "suspense:read",
    "propose_placing": "suspense:propose",
    "propose_return": "suspense:propose",
    "confirm_suspense_proposal": "suspense:confirm",
    "drop_suspense_proposal": "suspense:propose",
    "list_card_batches": "cards:read",
    "issue_cards": "cards:issue",
    "get_card_batch": "cards:read",
    "check_card": "cards:redeem",
    "redeem_card": "cards:redeem",
    "void_cards": "cards:issue",
    "list_cards": "cards:read",
    "void_card": "cards:issue",
    "void_card_of_code": "cards:issue",
    "list_withdrawals": "withdrawals:read",
    "apply_for_withdrawal": "withdrawals:apply",
    "get_withdrawal": "withdrawals:read",
    "approve_withdrawal": "withdrawals:review",
    "confirm_withdrawal": "withdrawals:check",
    "refuse_withdrawal": "withdrawals:review",
    "list_withdrawal_limits": "settings:read",
    "set_withdrawal_limit": "settings:write",
    "cancel_withdrawal": "withdrawals:apply",
    "list_webhooks": "webhooks:read",
    "add_webhook": "webhooks:write",
    "get_webhook": "webhooks:read",
    "change_webhook": "webhooks:write",
    "disable_webhook": "webhooks:write",
    "enable_webhook": "webhooks:write",
    "rotate_webhook": "webhooks:write",
    "try_webhook": "webhooks:write",
    "list_webhook_deliveries": "webhooks:read",
    "get_webhook_delivery": "webhooks:read",
    "resend_webhook_delivery": "webhooks:write",
    "post_batch": ANY_KEY,
    "export_journal_file": "books:read",
    "list_periods": "books:read",
    "get_period": "books:read",
    "close_period": "books:close",
}

BATCH_SCOPES: Final[dict[str, str]] = {
    operation: f"operations:{operation}"
    for operation in (
        "recharge",
        "deduct",
        "transfer",
        "freeze",
        "unfreeze",
        "withdraw",
        "exchange",
    )
}
"""A batch asks for the scope of each operation in it, item by item."""
