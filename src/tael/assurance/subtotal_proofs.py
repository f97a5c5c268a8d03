"""What must be so of the subtotals of wallets: they follow from the journal alone, up to their cursors.

Source: F-22; I3; B-28, B-29.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.proof import Proof

_HELD_ONCE: Final = """
    WITH done AS (
        SELECT w.number, part.account, part.through
        FROM wallet_subtotal_cursor AS c JOIN wallet_wallet AS w ON w.number = c.wallet
        CROSS JOIN LATERAL (VALUES (w.free, c.free), (w.locked, c.locked), (w.frozen, c.frozen))
            AS part (account, through)
    ), booked AS (
        SELECT DISTINCT done.number AS wallet, p.entry
        FROM done JOIN {book}.posting AS p ON p.account = done.account AND p.id <= done.through
    ), held AS (
        SELECT s.wallet, one.entry, count(*) AS times
        FROM wallet_subtotal AS s CROSS JOIN LATERAL unnest(s.entries) AS one (entry) GROUP BY 1, 2
    )
    SELECT coalesce(h.entry, b.entry)::text, coalesce(h.times, 0) || ' times in the subtotals of wallet '
        || coalesce(h.wallet, b.wallet) || CASE WHEN b.entry IS NULL THEN ', which has no such line' ELSE '' END
    FROM booked AS b FULL JOIN held AS h ON (h.wallet, h.entry) = (b.wallet, b.entry)
    WHERE coalesce(h.times, 0) <> 1 OR b.entry IS NULL
"""
_CURSORS: Final = """
    SELECT c.wallet::text, c.lines || ' lines, it is ' || coalesce(sum(p.version), 0)
    FROM wallet_subtotal_cursor AS c LEFT JOIN wallet_wallet AS w ON w.number = c.wallet
    LEFT JOIN {book}.posting AS p
        ON (p.id, p.account) IN ((c.free, w.free), (c.locked, w.locked), (c.frozen, w.frozen))
    GROUP BY c.wallet, c.lines HAVING c.lines <> coalesce(sum(p.version), 0)
"""
_SUMS: Final = """
    WITH moved AS (
        SELECT s.id, e.id AS entry, e.effective_at,
            CASE WHEN e.kind = 'wallet.refund' AND o.kind IS NOT NULL THEN o.kind ELSE e.kind END AS kind,
            coalesce(sum(p.amount) FILTER (WHERE p.account = w.free), 0) AS free,
            coalesce(sum(p.amount) FILTER (WHERE p.account = w.locked), 0) AS locked,
            coalesce(sum(p.amount) FILTER (WHERE p.account = w.frozen), 0) AS frozen
        FROM wallet_subtotal AS s JOIN wallet_wallet AS w ON w.number = s.wallet
        CROSS JOIN LATERAL unnest(s.entries) AS one (entry)
        JOIN {book}.entry AS e ON e.id = one.entry
        LEFT JOIN {book}.entry AS o ON o.id = e.reverses
        JOIN {book}.posting AS p ON p.entry = e.id
        GROUP BY s.id, e.id, e.effective_at, e.kind, o.kind
    ), of_kinds AS (
        SELECT id, jsonb_object_agg(kind, jsonb_build_array(records, came, went)) AS kinds
        FROM (
            SELECT id, kind, count(*) AS records, sum(greatest(free + locked, 0)) AS came,
                sum(least(free + locked, 0)) AS went
            FROM moved GROUP BY id, kind
        ) AS one_kind GROUP BY id
    ), of_all AS (
        SELECT s.id, sum(m.free) AS free, sum(m.locked) AS locked, sum(m.frozen) AS frozen,
            bool_and((m.effective_at, m.entry) BETWEEN (s.from_at, s.from_entry) AND (s.through_at, s.through_entry))
                AND bool_or((m.effective_at, m.entry) = (s.from_at, s.from_entry))
                AND bool_or((m.effective_at, m.entry) = (s.through_at, s.through_entry)) AS in_place
        FROM wallet_subtotal AS s JOIN moved AS m ON m.id = s.id GROUP BY s.id
    )
    SELECT s.id::text, s.wallet || ' from ' || s.from_at
    FROM wallet_subtotal AS s
    LEFT JOIN of_all AS a ON a.id = s.id
    LEFT JOIN of_kinds AS k ON k.id = s.id
    WHERE (a.free, a.locked, a.frozen, a.in_place) IS DISTINCT FROM (s.free, s.locked, s.frozen, true)
        OR k.kinds IS DISTINCT FROM (
            SELECT jsonb_object_agg(one.kind, jsonb_build_array(one.records, one.came, one.went))
            FROM unnest(s.kinds, s.records, s.came, s.went) AS one (kind, records, came, went)
        )
"""
_APART: Final = """
    SELECT id::text, wallet || ' from ' || from_at FROM (
        SELECT id, wallet, from_at, from_entry, lag((through_at, through_entry)) OVER (
            PARTITION BY wallet ORDER BY from_at, from_entry
        ) AS before
        FROM wallet_subtotal
    ) AS s WHERE before >= (from_at, from_entry)
"""

SUBTOTAL_PROOFS: Final = (
    Proof(
        "I3",
        "a subtotal of a wallet is what its lines in the journal come to",
        "subtotals",
        "SELECT count(*) FROM wallet_subtotal",
        (
            ("entry {} is {}", _HELD_ONCE),
            ("the cursor of wallet {} says {}", _CURSORS),
            ("subtotal {} of wallet {} is not what its lines come to", _SUMS),
            ("subtotal {} of wallet {} begins before the one before it ends", _APART),
        ),
    ),
)
