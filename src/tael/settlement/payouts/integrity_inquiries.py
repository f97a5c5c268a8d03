"""Proving the inquiries: every unknown row is asked for or with a person, and what was asked is written down.

Source: reliability, section 2: I20, I32; B-36; peers-settlement-invest A7.
"""

from __future__ import annotations

from typing import Final

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I20",
        "payout row {} is {}",
        """
        SELECT r.id::text, r.state || ', its inquiry is ' || coalesce(i.state, 'not there')
        FROM settlement_payout_row AS r LEFT JOIN settlement_payout_inquiry AS i ON i.row = r.id
        WHERE (r.state = 'unknown' AND coalesce(i.state, 'closed') = 'closed')
            OR (r.state <> 'unknown' AND i.state <> 'closed')
        """,
    ),
    (
        "I20",
        "the inquiry of payout row {} counts {}",
        """
        SELECT i.row::text, i.asks || ' asks, there are ' || count(a.id) || ', the last is number '
            || coalesce(max(a.number), 0)
        FROM settlement_payout_inquiry AS i LEFT JOIN settlement_payout_ask AS a ON a.inquiry = i.row
        GROUP BY i.row HAVING count(a.id) <> i.asks OR coalesce(max(a.number), 0) <> i.asks
        """,
    ),
    (
        "I20",
        "the channel was asked for payout row {} and said {}",
        """
        SELECT a.inquiry::text, a.verdict || ', the row is ' || r.state
        FROM settlement_payout_ask AS a JOIN settlement_payout_row AS r ON r.id = a.inquiry
        WHERE a.verdict IN ('paid', 'failed') AND a.verdict <> r.state
        """,
    ),
    (
        "I32",
        "the outcome of payout row {} was decided on one person's word, {}",
        """
        SELECT r.id::text, e.actor || ', above limit ' || l.id
        FROM settlement_payout_row AS r JOIN settlement_withdrawal AS w ON w.id = r.withdrawal
        JOIN {book}.entry AS e ON e.id = w.closing_entry
        CROSS JOIN LATERAL (
            SELECT id, amount FROM approvals_limit
            WHERE command = 'settlement.answer_payout' AND currency = w.currency AND written_at < e.booked_at
            ORDER BY id DESC LIMIT 1
        ) AS l
        WHERE r.answer IS NULL AND r.state IN ('paid', 'failed') AND r.net > l.amount
            AND NOT EXISTS (
                SELECT FROM settlement_payout_ask AS a WHERE a.inquiry = r.id AND a.verdict = r.state
            )
            AND NOT EXISTS (
                SELECT FROM approvals_proposal AS p
                WHERE p.command = 'settlement.answer_payout' AND p.state = 'approved'
                    AND p.payload ->> 'withdrawal' = w.id::text
            )
        """,
    ),
)
