"""What rows say of each other: payments and orders, cards and credits, applications, holds and currencies.

A row that is turned to another wallet, card or owner leaves every sum as it was; only its neighbours tell.

Source: reliability, section 2: I5, I13, I14, I22, I30; F-11, F-24, F-25.
"""

from __future__ import annotations

from typing import Final

import iso4217

from tael.assurance.ledger_proofs import ACCOUNTS, HOLDS, WITHDRAWALS
from tael.assurance.proof import Proof

_ISO: Final = ", ".join(
    f"('{one.code}', {one.exponent})" for one in iso4217.Currency if one.exponent is not None
)
_NAMED_ACCOUNTS: Final = """
    SELECT a.id::text, a.code || ': ' || a.class || ' in ' || a.currency || ', floor ' || coalesce(a.floor::text, 'none')
    FROM {book}.account AS a
    JOIN (VALUES
        ('^house:[a-z]+:([A-Z][A-Z0-9]+)$', 'house', NULL), ('^channel:[^:]+:([A-Z][A-Z0-9]+)$', 'custody', NULL),
        ('^suspense:([A-Z][A-Z0-9]+)$', 'suspense', 0), ('^payable:([A-Z][A-Z0-9]+)$', 'client', 0)
    ) AS named (form, class, floor) ON a.code ~ named.form
    WHERE (a.class, a.currency) <> (named.class, substring(a.code FROM named.form))
        OR a.floor IS DISTINCT FROM named.floor
    UNION ALL
    SELECT a.id::text, a.code || ': ' || a.class || ' in ' || a.currency || ', floor ' || coalesce(a.floor::text, 'none')
    FROM {book}.account AS a LEFT JOIN wallet_wallet AS w ON a.code = 'wallet:' || w.number || ':debt'
    WHERE a.code ~ '^wallet:[0-9]+:debt$'
        AND ((a.class, a.currency) IS DISTINCT FROM ('client', w.currency) OR a.floor IS NOT NULL)
"""
_CURRENCIES: Final = f"""
    SELECT c.code, c.exponent || ' decimals and is ' || c.kind
    FROM {{book}}.currency AS c
    LEFT JOIN (VALUES {_ISO}) AS iso (code, exponent) ON iso.code = c.code
    LEFT JOIN LATERAL (
        SELECT details FROM parties_audit WHERE subject = 'currency:' || c.code AND action = 'currency.add'
        ORDER BY id LIMIT 1
    ) AS entered ON true
    WHERE c.exponent <> coalesce(iso.exponent, (entered.details->>'exponent')::integer)
        OR c.kind <> coalesce(entered.details->>'kind', c.kind)
"""
_PAYMENTS: Final = """
    SELECT g.id::text, 'order ' || g."order" || ', wallet ' || coalesce(g.wallet::text, 'none')
    FROM wallet_gateway_payment AS g
    LEFT JOIN wallet_recharge_order AS o ON o.id = g."order"
    LEFT JOIN wallet_wallet AS w ON w.number = g.wallet
    WHERE g."order" IS NOT NULL AND o.id IS NULL
        OR g.credited > 0 AND (o.wallet, o.currency, o.channel) IS DISTINCT FROM (g.wallet, g.currency, g.gateway)
        OR g.movement = 'paid' AND g.wallet IS NOT NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements_text(g.entries) AS booked (entry)
            JOIN {book}.posting AS p ON p.entry = booked.entry::bigint AND p.amount > 0
                AND p.account IN (w.free, w.locked)
        )
"""
_ORDERS: Final = """
    SELECT o.id::text, o.owner || ', wallet ' || o.wallet || ' in ' || o.currency
    FROM wallet_recharge_order AS o LEFT JOIN wallet_wallet AS w ON w.number = o.wallet
    WHERE (w.owner, w.currency) IS DISTINCT FROM (o.owner, o.currency)
    UNION ALL
    SELECT o.id::text, 'money to be spent only: ' || o.spend_only || ', and entry ' || e.id || ' is otherwise'
    FROM wallet_gateway_payment AS g
    JOIN wallet_recharge_order AS o ON o.id = g."order" AND g.credited > 0
    JOIN wallet_wallet AS w ON w.number = o.wallet
    CROSS JOIN LATERAL jsonb_array_elements_text(g.entries) AS booked (entry)
    JOIN {book}.entry AS e ON e.id = booked.entry::bigint AND e.kind = 'wallet.recharge'
    WHERE NOT EXISTS (
        SELECT FROM {book}.posting AS p
        WHERE p.entry = e.id AND p.account = CASE WHEN o.spend_only THEN w.locked ELSE w.free END
    )
"""
# A card that forgets its use could be used again.
_CREDITS: Final = """
    SELECT e.id::text, n.data->>'card' FROM {book}.entry AS e
    JOIN {book}.entry_note AS n ON n.entry = e.id AND n.data ? 'card'
    LEFT JOIN wallet_card AS c ON c.entry = e.id AND c.id::text = n.data->>'card'
    WHERE e.channel = 'KeyCard' AND e.kind = 'wallet.recharge' AND c.id IS NULL
"""
_CARDS: Final = """
    SELECT b.id::text, 'says ' || b.count || ' cards, and has ' || count(c.id)
    FROM wallet_card_batch AS b LEFT JOIN wallet_card AS c ON c.batch = b.id
    GROUP BY b.id, b.count HAVING b.count <> count(c.id)
    UNION ALL
    SELECT b.id::text, 'is in ' || b.currency || ', to be spent only: ' || b.spend_only || '; card ' || c.id || ' was not'
    FROM wallet_card AS c JOIN wallet_card_batch AS b ON b.id = c.batch
    JOIN wallet_wallet AS w ON w.number = c.wallet
    WHERE c.state = 'used' AND (w.currency <> b.currency OR NOT EXISTS (
        SELECT FROM {book}.posting AS p
        WHERE p.entry = c.entry AND p.account = CASE WHEN b.spend_only THEN w.locked ELSE w.free END
    ))
"""
_HOLDS: Final = """
    SELECT h.id::text, CASE WHEN h.currency = w.currency THEN 'waits for a withdrawal that is not there'
        ELSE 'is in ' || h.currency || ', its wallet in ' || coalesce(w.currency, 'none') END
    FROM wallet_hold AS h LEFT JOIN wallet_wallet AS w ON w.number = h.wallet
    WHERE h.currency IS DISTINCT FROM w.currency OR h.purpose = 'withdrawal'
        AND NOT EXISTS (SELECT FROM payouts_withdrawal AS a WHERE a.hold = h.id)
"""
_APPLICATIONS: Final = """
    SELECT a.id::text, a.owner || ', to payee ' || a.payee || ' in ' || a.currency
    FROM payouts_withdrawal AS a
    LEFT JOIN wallet_wallet AS w ON w.number = a.wallet
    LEFT JOIN parties_payee AS y ON y.id = a.payee
    LEFT JOIN {book}.entry_note AS n ON n.entry = a.closed_by
    WHERE (w.owner, w.currency) IS DISTINCT FROM (a.owner, a.currency)
        OR a.payee IS NOT NULL AND y.customer_id IS DISTINCT FROM a.owner
        OR a.state = 'withdrawn' AND n.data->>'payee' IS DISTINCT FROM a.payee::text
"""

LINK_PROOFS: Final = (
    Proof(
        "I5",
        "an account is what its name says",
        *ACCOUNTS,
        (("account {} is {}", _NAMED_ACCOUNTS),),
    ),
    Proof(
        "I6",
        "a currency has the decimals that it was entered with",
        "currencies",
        "SELECT count(*) FROM {book}.currency",
        (("currency {} has {}, which it was not entered with", _CURRENCIES),),
    ),
    Proof(
        "I22",
        "payments and orders are of the same wallet",
        "payments",
        "SELECT count(*) FROM wallet_gateway_payment",
        (
            ("gateway payment {} is not of {}", _PAYMENTS),
            ("recharge order {} is not of {}", _ORDERS),
        ),
    ),
    Proof(
        "I30",
        "what a card has brought makes it used",
        "cards",
        "SELECT count(*) FROM wallet_card",
        (
            ("entry {} came from card {}, which says otherwise", _CREDITS),
            ("card batch {} {}", _CARDS),
        ),
    ),
    Proof(
        "I13",
        "a hold is in its wallet's currency, and what waits for a withdrawal has one",
        *HOLDS,
        (("hold {} {}", _HOLDS),),
    ),
    Proof(
        "I14",
        "a withdrawal is of its wallet's owner and goes to an account of his",
        *WITHDRAWALS,
        (("withdrawal {} is not of customer {}", _APPLICATIONS),),
    ),
)
