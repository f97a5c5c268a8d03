"""Proving the lines of the house's bank accounts: counted once, evidence only, and what stands in suspense for them.

Source: peers-settlement-invest A23, A26, A27, A31; reliability, section 2: I24.
"""

from __future__ import annotations

from typing import Final

from tael.settlement.bank.bank_evidence import ABOUT

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "A26",
        "bank statement {} {}",
        """
        SELECT s.id::text, 'says ' || s.added || ' new and ' || s.refused || ' refused, it has '
            || coalesce(l.lines, 0) || ' and ' || coalesce(r.rows, 0)
        FROM settlement_bank_statement AS s
        LEFT JOIN (SELECT statement, count(*) AS lines FROM settlement_bank_line GROUP BY statement) AS l
            ON l.statement = s.id
        LEFT JOIN (SELECT statement, count(*) AS rows FROM settlement_bank_row GROUP BY statement) AS r
            ON r.statement = s.id
        WHERE s.added <> coalesce(l.lines, 0) OR s.refused <> coalesce(r.rows, 0)
        """,
    ),
    (
        "A26",
        "bank statement {} {}",
        """
        SELECT s.id::text, 'says that ' || s.breaks || ' balances break, and ' || told.broken || ' do'
        FROM settlement_bank_statement AS s CROSS JOIN LATERAL (
            SELECT count(*) AS broken FROM jsonb_to_recordset(s.balances) AS b (opening bigint, closing bigint, moved bigint)
            WHERE b.opening + b.moved <> b.closing
        ) AS told
        WHERE s.breaks <> told.broken
        """,
    ),
    (
        "A27",
        "line {} is {}",
        """
        SELECT min(id)::text, 'one of ' || count(*) || ' equal lines that are counted up to ' || max(copy)
        FROM settlement_bank_line WHERE reference = '' GROUP BY account, content
        HAVING count(*) <> max(copy)
        """,
    ),
    (
        "A23",
        "line {} is in suspense as {}",
        """
        SELECT l.id::text, 'item ' || l.item || ', which is ' || coalesce(g.amount || ' ' || g.currency || ' over '
            || g.gateway, 'not there')
        FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account
        LEFT JOIN wallet_gateway_payment AS g ON g.id = l.item AND g.movement = 'paid'
            AND g.verdict = 'suspense_bank_line'
        WHERE l.item IS NOT NULL AND (g.id IS NULL OR g.amount <> l.amount OR g.currency <> a.currency
            OR g.gateway <> a.channel)
        """,
    ),
    (
        "A23",
        "item {} was put in suspense for {}",
        """
        SELECT g.id::text, 'no line of a bank' FROM wallet_gateway_payment AS g
        LEFT JOIN settlement_bank_line AS l ON l.item = g.id
        WHERE g.verdict = 'suspense_bank_line' AND g.movement = 'paid' AND l.id IS NULL AND g.refunded < g.amount
        """,
    ),
    (
        "A23",
        "item {} in suspense is looked after by {}",
        """
        SELECT g.id::text, g.suspense_owner || ', who is not of the staff'
        FROM wallet_gateway_payment AS g
        LEFT JOIN parties_user AS u ON 'user:' || u.id = g.suspense_owner AND u.customer_id IS NULL
        WHERE g.suspense_owner IS NOT NULL AND u.id IS NULL
        """,
    ),
    (
        "A31",
        "the money of line {} is booked twice: {}",
        f"""
        SELECT l.id::text, 'it is item ' || l.item || ' and ' || e.what || ' ' || e.number || ', ' || e.state
        FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account
        CROSS JOIN LATERAL ({ABOUT}) AS e
        WHERE l.item IS NOT NULL AND e.explains AND e.what <> 'suspense' AND e.state <> 'declared'
        """,
    ),
)
