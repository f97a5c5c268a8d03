"""Proving the inquiries: every unknown row is asked for or with a person, and what was asked is written down.

Source: reliability, section 2: I20; B-36; peers-settlement-invest A7.
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
)
