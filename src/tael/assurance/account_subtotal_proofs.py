"""What must be so of the subtotals of merchant accounts: they follow from the journal alone.

Source: E-11, E-16; I3; B-06, B-28.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.proof import Proof

_APART: Final = """
    SELECT account::text, first_line || ', the one before ended with ' || before FROM (
        SELECT account, first_line, coalesce(lag(last_line) OVER (PARTITION BY account ORDER BY first_line), 0) AS before
        FROM settlement_subtotal
    ) AS s WHERE first_line <> before + 1
"""
_SUMS: Final = """
    WITH moved AS (
        SELECT s.id, e.kind, count(*) AS records, sum(greatest(p.amount, 0)) AS came, sum(least(p.amount, 0)) AS went,
            min(e.effective_at) AS from_at, max(e.effective_at) AS through_at, max(p.id) AS posting
        FROM settlement_account AS a JOIN {book}.posting AS p ON p.account = a.account
        JOIN {book}.entry AS e ON e.id = p.entry
        CROSS JOIN LATERAL (
            SELECT id, last_line FROM settlement_subtotal WHERE account = a.number AND first_line <= p.version
            ORDER BY first_line DESC LIMIT 1
        ) AS s
        WHERE p.version <= s.last_line GROUP BY 1, 2
    ), of_all AS (
        SELECT id, sum(records) AS lines, min(from_at) AS from_at, max(through_at) AS through_at,
            max(posting) AS posting, jsonb_object_agg(kind, jsonb_build_array(records, came, went)) AS kinds
        FROM moved GROUP BY id
    )
    SELECT s.id::text, s.account || ', lines ' || s.first_line || ' to ' || s.last_line
    FROM settlement_subtotal AS s LEFT JOIN of_all AS o ON o.id = s.id
    WHERE (o.lines, o.from_at, o.through_at, o.posting)
            IS DISTINCT FROM (s.last_line - s.first_line + 1, s.from_at, s.through_at, s.posting)
        OR o.kinds IS DISTINCT FROM (
            SELECT jsonb_object_agg(one.kind, jsonb_build_array(one.records, one.came, one.went))
            FROM unnest(s.kinds, s.records, s.came, s.went) AS one (kind, records, came, went)
        )
"""

ACCOUNT_SUBTOTAL_PROOFS: Final = (
    Proof(
        "I3",
        "a subtotal of a merchant account is what its lines in the journal come to",
        "subtotals",
        "SELECT count(*) FROM settlement_subtotal",
        (
            ("a subtotal of merchant account {} begins with line {}", _APART),
            ("subtotal {} of merchant account {} is not what its lines come to", _SUMS),
        ),
    ),
)
