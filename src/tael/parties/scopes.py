"""What an API key may be used for: one table for every door.

Source: reliability, section 3a (roles); API5, T14.
"""

from __future__ import annotations

from typing import ClassVar, Final

from tael.refusal import Because, Refusal

SCOPES: Final[dict[str, str]] = {
    "wallets:read": "see wallets, flow records, statements, balances, holds and entries",
    "wallets:open": "open wallets",
    "operations:recharge": "put funds in without a gateway's notice",
    "operations:deduct": "charge",
    "operations:transfer": "move funds between wallets of the site",
    "operations:freeze": "set funds aside",
    "operations:unfreeze": "give frozen funds back",
    "operations:withdraw": "let funds leave the site without a review",
    "operations:exchange": "exchange between currencies and points",
    "operations:reverse": "take back what was booked by mistake",
    "recharge_orders:read": "see recharge orders",
    "recharge_orders:create": "create recharge orders at a gateway",
    "recharge_orders:confirm": "say that a recharge order was paid",
    "suspense:read": "see money that came in and found no wallet",
    "suspense:propose": "propose what becomes of money in suspense, or drop a proposal",
    "suspense:confirm": "confirm as a second person what becomes of money in suspense",
    "cards:read": "see card batches",
    "cards:issue": "issue batches of cards and see their codes once",
    "cards:redeem": "check cards and recharge with them",
    "withdrawals:read": "see withdrawals that are reviewed",
    "withdrawals:apply": "apply for a withdrawal",
    "withdrawals:review": "approve or refuse withdrawals",
    "withdrawals:check": "confirm as a second person what was approved above the limit",
    "customers:read": "see customers and their payee accounts",
    "customers:write": "register, disable and enable customers",
    "payees:write": "add and close payee accounts",
    "settings:read": "see channels, currencies and rates",
    "settings:write": "change channels, currencies and rates",
    "webhooks:read": "see webhooks, every delivery to them and every attempt",
    "webhooks:write": "add, change, test and switch webhooks, rotate their secrets, resend",
    "keys:write": "create and revoke API keys",
    "books:read": "see the journal of the whole house, export it and prove it",
    "books:close": "close the months of the books",
    "books:late": "post into a month that is being closed, with a reason",
    "audit:read": "see the audit trail",
    "settlement:read": "see merchant accounts, business records, bills, remittances and payouts",
    "settlement:record": "record, confirm and reverse business records, and check that none is missing",
    "settlement:settings": "open merchant accounts, agree on terms, register kinds and sources",
    "bills:make": "run, review, issue and replace bills",
    "remittances:declare": "say that a payment was made",
    "remittances:confirm": "confirm or dispute what the other side says it has paid",
    "merchant_withdrawals:apply": "apply for a payout of a merchant account and set its rule",
    "payouts:make": "hold payouts, make, check and export batches, import results",
    "bank:read": "see the house's bank accounts, their statements and lines",
    "bank:write": "bring in bank statements, put unexplained money in suspense and take it back",
    "adjustments:make": "correct merchant accounts, and collect what merchants owe from their wallets",
    "proposals:decide": "approve or refuse what takes two people",
}

# A key bound to one customer can never make money or decide about it; it acts as that customer would.
CUSTOMER_SCOPES: Final = frozenset(
    {
        "wallets:read",
        "wallets:open",
        "operations:transfer",
        "operations:exchange",
        "recharge_orders:read",
        "recharge_orders:create",
        "cards:redeem",
        "withdrawals:read",
        "withdrawals:apply",
        "customers:read",
        "payees:write",
        "settings:read",
        "settlement:read",
        "remittances:declare",
        "remittances:confirm",
        "merchant_withdrawals:apply",
    }
)


class UnknownScope(Refusal):
    """There is no scope of this name."""

    code = "unknown_scope"
    rule = "T14"
    remedy = "Use names from the table of scopes, at least one."


class ScopeNotForCustomer(Refusal):
    """A key that is bound to one customer may not be used for this."""

    code = "scope_not_for_customer"
    because: ClassVar[Because] = "forbidden"
    rule = "T14"
    remedy = "Leave the scope out, or make a key that is not bound to a customer."


class ScopeMissing(Refusal):
    """The key may not be used for this."""

    code = "scope_missing"
    because: ClassVar[Because] = "forbidden"
    rule = "T14"
    remedy = "Use a key that has the scope."
