"""What somebody who may do anything in the database can do to what rows say of each other; see `corruptions`."""

from __future__ import annotations

_USED = "(SELECT id FROM wallet_card WHERE state = 'used')"

# name, invariants that must be among those found, statements; {…} are numbers of LivedIn
PLANTED_LINKS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a used card forgets that it was used": (
        {"I30"},
        (
            "UPDATE wallet_card SET state = 'unused', entry = NULL, wallet = NULL WHERE state = 'used'",
        ),
    ),
    "a card is added to a batch": (
        {"I30"},
        (
            (
                "INSERT INTO wallet_card (batch, digest, state, changed_by)"
                " SELECT min(id), '\\x00', 'unused', '' FROM wallet_card_batch"
            ),
        ),
    ),
    "a batch of cards says that its money was to be spent only": (
        {"I30"},
        ("UPDATE wallet_card_batch SET spend_only = NOT spend_only",),
    ),
    "a currency gets another decimal": (
        {"I6"},
        ("UPDATE ledger.currency SET exponent = 3 WHERE code = 'CNY'",),
    ),
    "points get a decimal": (
        {"I6"},
        ("UPDATE ledger.currency SET exponent = 1 WHERE code = 'MILES'",),
    ),
    "the house's account becomes a customer's": (
        {"I5"},
        ("UPDATE ledger.account SET class = 'client' WHERE code = 'house:income:CNY'",),
    ),
    "a channel may not go below zero any more": (
        {"I5"},
        ("UPDATE ledger.account SET floor = -9000000000000000 WHERE code = 'channel:Alipay:CNY'",),
    ),
    "a payment is turned to another wallet": (
        {"I22"},
        ('UPDATE wallet_gateway_payment SET wallet = {other.number} WHERE "order" = {order}',),
    ),
    "an order is turned to another customer": (
        {"I22"},
        ("UPDATE wallet_recharge_order SET owner = {other.owner} WHERE id = {order}",),
    ),
    "an order says that its money was to be spent only": (
        {"I22"},
        ("UPDATE wallet_recharge_order SET spend_only = true WHERE id = {order}",),
    ),
    "an order disappears": (
        {"I22"},
        ("DELETE FROM wallet_recharge_order WHERE id = {order}",),
    ),
    "a withdrawal is said to have gone to another payee": (
        {"I14"},
        (
            (
                "UPDATE payouts_withdrawal SET payee ="
                " (SELECT min(id) FROM parties_payee WHERE customer_id = {wallet.owner}) WHERE id = {withdrawn}"
            ),
        ),
    ),
    "a withdrawal is turned to another customer": (
        {"I14"},
        ("UPDATE payouts_withdrawal SET owner = {other.owner} WHERE id = {applied}",),
    ),
    "an application disappears, and its money stays frozen": (
        {"I13"},
        ("DELETE FROM payouts_withdrawal WHERE id = {applied}",),
    ),
    "an exchange names a quote that is not there": (
        {"I15"},
        ("DELETE FROM wallet_exchange_quote WHERE id = {quote}",),
    ),
    "an exchange was done at a rate of yesterday": (
        {"I15"},
        (
            "UPDATE channels_rate SET valid_from = valid_from - interval '2 days' WHERE from_currency = 'CNY'",
            (
                "INSERT INTO channels_rate (from_currency, to_currency, value, valid_from, set_by, set_at)"
                " SELECT from_currency, to_currency, value, valid_from + interval '1 day', set_by, set_at - interval '1 day'"
                " FROM channels_rate WHERE from_currency = 'CNY'"
            ),
        ),
    ),
    "a hold is said to be in another currency": (
        {"I13"},
        ("UPDATE wallet_hold SET currency = 'USD' WHERE id = {hold}",),
    ),
}
