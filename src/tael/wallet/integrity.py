"""Proving the wallets: holds, locked money, exchanges, orders and cards against the ledger.

Each check is a query that returns no row while all is right. `tael doctor` and the tests run them.

Source: reliability, section 2: I4, I5, I7, I13, I15, I22, I24, I30, I32, I33, I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael import ledger
from tael.ledger.integrity import Violation

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I5",
        "wallet {} stands on account {}",
        """
        SELECT w.number::text, part.name || ', which is ' || coalesce(a.code, 'not there')
        FROM wallet_wallet AS w
        CROSS JOIN LATERAL (VALUES (w.free, 'free'), (w.locked, 'locked'), (w.frozen, 'frozen'))
            AS part (account, name)
        LEFT JOIN {book}.account AS a ON a.id = part.account
        WHERE a.id IS NULL OR a.code <> 'wallet:' || w.number || ':' || part.name
            OR a.currency <> w.currency OR a.class <> 'client' OR a.floor IS DISTINCT FROM 0
        """,
    ),
    (
        "I7",
        "entry {} takes locked money of wallet {}",
        """
        SELECT p.entry::text, w.number::text FROM wallet_wallet AS w
        JOIN {book}.posting AS p ON p.account = w.locked AND p.amount < 0
        JOIN {book}.entry AS e ON e.id = p.entry
        WHERE e.kind NOT IN ('wallet.deduct', 'wallet.chargeback', 'wallet.refund')
        """,
    ),
    (
        "I7",
        "entry {} took free money of wallet {} while locked money was there",
        """
        SELECT f.entry::text, w.number::text FROM wallet_wallet AS w
        JOIN {book}.posting AS f ON f.account = w.free AND f.amount < 0
        JOIN {book}.entry AS e ON e.id = f.entry AND e.kind = 'wallet.deduct'
        LEFT JOIN {book}.posting AS l ON l.entry = f.entry AND l.account = w.locked
        WHERE l.balance_after > 0
        """,
    ),
    (
        "I13",
        "wallet {} has frozen {}",
        """
        SELECT w.number::text, a.balance || ', its open holds sum to ' || coalesce(h.rest, 0)
        FROM wallet_wallet AS w JOIN {book}.account AS a ON a.id = w.frozen
        LEFT JOIN (
            SELECT wallet, sum(amount - captured - released) AS rest FROM wallet_hold GROUP BY wallet
        ) AS h ON h.wallet = w.number
        WHERE a.balance <> coalesce(h.rest, 0)
        """,
    ),
    (
        "I13",
        "hold {} {}",
        """
        SELECT h.id::text, 'says captured ' || h.captured || ', released ' || h.released
            || ', its history ' || coalesce(m.captured, 0) || ', ' || coalesce(m.released, 0)
        FROM wallet_hold AS h LEFT JOIN (
            SELECT hold, sum(amount) FILTER (WHERE event = 'capture') AS captured,
                sum(amount) FILTER (WHERE event <> 'capture') AS released
            FROM wallet_hold_move GROUP BY hold
        ) AS m ON m.hold = h.id
        WHERE h.captured <> coalesce(m.captured, 0) OR h.released <> coalesce(m.released, 0)
        UNION ALL
        SELECT h.id::text, 'is not what entry ' || h.entry || ' set aside'
        FROM wallet_hold AS h JOIN wallet_wallet AS w ON w.number = h.wallet
        LEFT JOIN {book}.posting AS p ON p.entry = h.entry AND p.account = w.frozen
        WHERE p.amount IS DISTINCT FROM h.amount
        """,
    ),
    (
        "I13",
        "entry {} moved {}",
        """
        SELECT m.entry::text, -coalesce(p.amount, 0) || ' of what is frozen, its holds gave ' || m.amount
        FROM (
            SELECT m.entry, h.wallet, sum(m.amount) AS amount FROM wallet_hold_move AS m
            JOIN wallet_hold AS h ON h.id = m.hold GROUP BY m.entry, h.wallet
        ) AS m
        JOIN wallet_wallet AS w ON w.number = m.wallet
        LEFT JOIN {book}.posting AS p ON p.entry = m.entry AND p.account = w.frozen
        WHERE -p.amount IS DISTINCT FROM m.amount
        """,
    ),
    (
        "I15",
        "exchange {} {}",
        """
        SELECT x.id::text, 'gave ' || x.given || ' and took ' || x.taken || ' at ' || coalesce(r.value::text, 'no rate')
        FROM (
            SELECT e.id, -out_leg.amount AS given, in_leg.amount AS taken, n.data,
                out_of.currency AS from_currency, put_in.currency AS to_currency
            FROM {book}.entry AS e
            JOIN {book}.entry_note AS n ON n.entry = e.id
            JOIN {book}.posting AS out_leg ON out_leg.entry = e.id AND out_leg.amount < 0
            JOIN {book}.account AS out_of ON out_of.id = out_leg.account AND out_of.class = 'client'
            JOIN {book}.posting AS in_leg ON in_leg.entry = e.id AND in_leg.amount > 0
            JOIN {book}.account AS put_in ON put_in.id = in_leg.account AND put_in.class = 'client'
            WHERE e.kind = 'wallet.exchange'
        ) AS x
        JOIN {book}.currency AS f ON f.code = x.from_currency
        JOIN {book}.currency AS t ON t.code = x.to_currency
        LEFT JOIN channels_rate AS r ON r.id = (x.data->>'rate')::bigint
            AND r.from_currency = x.from_currency AND r.to_currency = x.to_currency
        WHERE r.id IS NULL
            OR abs(x.given * r.value * 10::numeric ^ t.exponent - x.taken * 10::numeric ^ f.exponent)
                >= 10::numeric ^ f.exponent
        """,
    ),
    (
        "I33",
        "exchange {} has {} legs",
        "SELECT id::text, legs::text FROM {book}.entry WHERE kind = 'wallet.exchange' AND legs <> 4",
    ),
    (
        "I22",
        "recharge order {} says {}",
        """
        SELECT o.id::text, 'credited ' || o.credited || ', its payments brought ' || coalesce(p.credited, 0)
        FROM wallet_recharge_order AS o LEFT JOIN (
            SELECT "order", sum(credited) AS credited FROM wallet_gateway_payment
            WHERE movement = 'paid' GROUP BY "order"
        ) AS p ON p."order" = o.id
        WHERE o.credited <> coalesce(p.credited, 0)
        UNION ALL
        SELECT id::text, state || ', but ' || credited || ' of ' || amount || ' came in'
        FROM wallet_recharge_order
        WHERE state <> CASE WHEN credited = 0 THEN 'created' WHEN credited < amount THEN 'partial' ELSE 'success' END
            AND state NOT IN ('closed', 'expired')
        """,
    ),
    (
        "I22",
        "gateway payment {} was of {}",
        """
        SELECT g.id::text, g.amount || ', its entries moved ' || coalesce(sum(abs(p.amount)), 0)
        FROM wallet_gateway_payment AS g
        LEFT JOIN LATERAL jsonb_array_elements_text(g.entries) AS booked (entry) ON true
        LEFT JOIN {book}.posting AS p ON p.entry = booked.entry::bigint
            AND p.account = (SELECT id FROM {book}.account WHERE code = 'channel:' || g.gateway || ':' || g.currency)
        GROUP BY g.id, g.amount HAVING g.amount <> coalesce(sum(abs(p.amount)), 0)
        """,
    ),
    (
        "I22",
        "gateway payment {} {}",
        """
        SELECT g.id::text, 'says refunded ' || g.refunded || ', its refunds come to ' || coalesce(sum(r.amount), 0)
        FROM wallet_gateway_payment AS g LEFT JOIN wallet_gateway_payment AS r ON r.of_payment = g.id
        GROUP BY g.id, g.refunded HAVING g.refunded <> coalesce(sum(r.amount), 0)
        UNION ALL
        SELECT g.id::text, 'of ' || g.amount || ' was taken back beyond it: ' || g.refunded || ' by the gateway, '
            || sum(p.amount) || ' by people'
        FROM {book}.entry AS e
        JOIN {book}.entry_note AS n ON n.entry = e.reverses AND n.data ? 'order'
        JOIN wallet_gateway_payment AS g ON g.movement = 'paid' AND g."order" = (n.data->>'order')::bigint
            AND g.entries @> to_jsonb(e.reverses)
        JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs AND p.amount > 0
        WHERE e.reverses IS NOT NULL
        GROUP BY g.id, g.amount, g.refunded HAVING g.refunded + sum(p.amount) > g.amount
        """,
    ),
    (
        "I24",
        "suspense of {}: {}",
        """
        SELECT coalesce(p.currency, a.currency), 'the books hold ' || coalesce(a.balance, 0)
            || ', the payments without a place are ' || coalesce(p.amount, 0)
        FROM (
            SELECT currency, sum(amount - refunded) AS amount FROM wallet_gateway_payment
            WHERE movement = 'paid' AND wallet IS NULL GROUP BY currency
        ) AS p
        FULL JOIN (SELECT currency, balance FROM {book}.account WHERE code = 'suspense:' || currency) AS a
            ON a.currency = p.currency
        WHERE coalesce(a.balance, 0) <> coalesce(p.amount, 0)
        """,
    ),
    (
        "I24",
        "suspense proposal {} {}",
        """
        SELECT s.id::text, 'is done, but entry ' || coalesce(s.entry::text, 'none') || ' moved '
            || coalesce(sum(p.amount)::text, 'nothing')
        FROM wallet_suspense_proposal AS s
        LEFT JOIN {book}.posting AS p ON p.entry = s.entry
            AND p.account = (SELECT id FROM {book}.account WHERE code = 'suspense:' || s.currency)
        WHERE s.state = 'done' GROUP BY s.id, s.entry, s.amount HAVING sum(p.amount) IS DISTINCT FROM -s.amount
        """,
    ),
    (
        "I32",
        "suspense proposal {} was confirmed by {}, who proposed it",
        """
        SELECT id::text, decided_by FROM wallet_suspense_proposal
        WHERE state NOT IN ('proposed', 'dropped') AND decided_by = proposed_by
        """,
    ),
    (
        "I30",
        "card {} is used, but {}",
        """
        SELECT c.id::text, 'entry ' || c.entry || ' brought ' || coalesce(sum(p.amount)::text, 'nothing')
        FROM wallet_card AS c JOIN wallet_card_batch AS b ON b.id = c.batch
        JOIN wallet_wallet AS w ON w.number = c.wallet
        LEFT JOIN {book}.posting AS p ON p.entry = c.entry AND p.account IN (w.free, w.locked)
        WHERE c.state = 'used' GROUP BY c.id, c.entry, b.amount
        HAVING b.amount IS DISTINCT FROM sum(p.amount)
        """,
    ),
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare the wallets' tables with the ledger and give what is wrong; nothing when all is right.

    Args:
        connection: one that may read both; its transaction is used.
        limit: how many violations of each check to name.

    Source: reliability, section 2.
    """
    return run(CHECKS, connection, book, limit)


def run(
    checks: tuple[tuple[str, str, str], ...], connection: Connection, book: Book, limit: int
) -> list[Violation]:
    """Run checks and put their rows into words.

    Source: reliability, section 2.
    """
    violations: list[Violation] = []
    for invariant, message, query in checks:
        cursor = Cursor(connection).execute(book.sql(f"{query} LIMIT {int(limit)}"))
        violations += [
            Violation(invariant, subject, message.format(subject, detail))
            for subject, detail in cursor.fetchall()
        ]
    return violations
