"""Proving payout batches: their rows, what became of them, and who approved what left the house.

Source: reliability, section 2: I20, I32; B-35, B-38; A24, A36.
"""

from __future__ import annotations

from typing import Final

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I20",
        "payout batch {} has {}",
        """
        SELECT b.id::text, count(r.id) || ' rows of ' || coalesce(sum(r.net), 0) || ', and says '
            || b.rows || ' of ' || b.total
        FROM settlement_payout_batch AS b
        LEFT JOIN settlement_payout_row AS r ON r.batch = b.id AND r.state <> 'taken_out'
        WHERE b.state NOT IN ('dropped', 'revoked') GROUP BY b.id
        HAVING count(r.id) <> b.rows OR coalesce(sum(r.net), 0) <> b.total
        """,
    ),
    (
        "I20",
        "payout row {} is not its withdrawal: {}",
        """
        SELECT r.id::text, r.net || ' to payee ' || r.payee || ' in ' || b.currency || ', withdrawal ' || r.withdrawal
            || coalesce(' asks for ' || w.net || ' to payee ' || w.payee || ' in ' || w.currency, ' is not there')
        FROM settlement_payout_row AS r JOIN settlement_payout_batch AS b ON b.id = r.batch
        LEFT JOIN settlement_withdrawal AS w ON w.id = r.withdrawal
        WHERE (w.net, w.payee, w.currency) IS DISTINCT FROM (r.net, r.payee, b.currency)
        """,
    ),
    (
        "I20",
        "payout row {} is {}",
        """
        SELECT r.id::text, r.state || ' in a batch that is ' || b.state || ', its withdrawal is ' || w.payout_state
            || ' over ' || coalesce(w.channel, 'no channel') || ' as ' || coalesce(w.flow_number, 'no number')
        FROM settlement_payout_row AS r JOIN settlement_payout_batch AS b ON b.id = r.batch
        JOIN settlement_withdrawal AS w ON w.id = r.withdrawal
        WHERE r.state <> 'taken_out' AND NOT CASE r.state
            WHEN 'live' THEN w.payout_state = CASE b.state WHEN 'exported' THEN 'exported' ELSE 'batched' END
                AND b.state IN ('draft', 'checked', 'approved', 'exported')
            WHEN 'unknown' THEN w.payout_state = 'unknown' AND b.state = 'exported'
            WHEN 'paid' THEN w.payout_state IN ('paid', 'returned') AND b.state IN ('exported', 'settled')
                AND w.channel = b.channel AND coalesce(r.flow_number = w.flow_number, r.flow_number IS NULL)
            ELSE w.payout_state = 'failed' AND b.state IN ('exported', 'settled') END
        """,
    ),
    (
        "I20",
        "withdrawal {} is answered by {}",
        """
        SELECT withdrawal::text, count(*) || ' rows'
        FROM settlement_payout_row WHERE state IN ('live', 'unknown', 'paid', 'failed')
        GROUP BY withdrawal HAVING count(*) > 1
        """,
    ),
    (
        "I20",
        "result file {} says {}",
        """
        SELECT f.id::text, f.paid || ' paid, ' || f.failed || ' failed, ' || f.unknown || ' unknown, ' || f.refused
            || ' refused; its rows are ' || count(r.id)
        FROM settlement_result_file AS f LEFT JOIN settlement_result_row AS r ON r.file = f.id
        GROUP BY f.id
        HAVING count(*) FILTER (WHERE r.verdict = 'paid') <> f.paid
            OR count(*) FILTER (WHERE r.verdict = 'failed') <> f.failed
            OR count(*) FILTER (WHERE r.verdict = 'unknown') <> f.unknown
            OR count(*) FILTER (WHERE r.verdict = 'refused') <> f.refused
        """,
    ),
    (
        "I32",
        "payout batch {} left on one person's word, {}",
        """
        SELECT b.id::text, b.exported_by || ', above limit ' || coalesce(l.id::text, '(never asked for)')
        FROM settlement_payout_batch AS b
        LEFT JOIN approvals_limit AS l ON l.id = b.judged_by
        WHERE b.exported_at IS NOT NULL AND b.approved_by IS NULL AND (
            b.total > l.amount OR (b.judged_by IS NULL AND EXISTS (
                SELECT FROM approvals_limit AS earlier
                WHERE earlier.command = 'settlement.payout_batch' AND earlier.currency = b.currency
                    AND earlier.amount < b.total AND earlier.set_at < b.exported_at - interval '1 minute'
            ))
        )
        """,
    ),
    (
        "I32",
        "payout batch {} was approved by {}, who made or checked it",
        """
        SELECT id::text, approved_by FROM settlement_payout_batch WHERE approved_by IN (made_by, checked_by)
        """,
    ),
)
