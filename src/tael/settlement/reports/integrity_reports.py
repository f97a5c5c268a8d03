"""Proving period reports: each adds up, begins where the one before ended, and says what the ledger says.

Source: B-28, B-29, E-16; reliability, section 2: I19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.wallet.integrity import run

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book
    from tael.ledger.integrity import Violation

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I19",
        "period report {} closes with {}",
        """
        SELECT id::text, closing || ', but opening, entries and exits come to ' || opening + came + went
        FROM settlement_period_report WHERE closing <> opening + came + went OR came < 0 OR went > 0
        """,
    ),
    (
        "I19",
        "period report {} opens with {}",
        """
        SELECT id::text, opening || ' on ' || first_day || '; the one before closed with '
            || coalesce(closed::text, 'nothing') || ' on ' || coalesce(ended::text, 'no day')
        FROM (
            SELECT id, account, opening, first_day, lag(closing) OVER one AS closed, lag(last_day) OVER one AS ended
            FROM settlement_period_report WINDOW one AS (PARTITION BY account ORDER BY last_day)
        ) AS r
        WHERE opening <> coalesce(closed, 0) OR (ended IS NOT NULL AND first_day <> ended + 1)
        """,
    ),
    # Each line stands on the first report that could know it and whose period does not end before it.
    (
        "I19",
        "period report {} says {}",
        """
        SELECT r.id::text, r.came || ' came and ' || r.went || ' went by ' || r.lines || ' lines; the ledger has '
            || coalesce(l.came, 0) || ', ' || coalesce(l.went, 0) || ' and ' || coalesce(l.lines, 0)
        FROM settlement_period_report AS r LEFT JOIN (
            SELECT told.id, sum(p.amount) FILTER (WHERE p.amount > 0) AS came,
                sum(p.amount) FILTER (WHERE p.amount < 0) AS went, count(*) AS lines
            FROM settlement_account AS a
            JOIN {book}.posting AS p ON p.account = a.account
            JOIN {book}.entry AS e ON e.id = p.entry
            CROSS JOIN LATERAL (
                SELECT first.id FROM settlement_period_report AS first
                WHERE first.account = a.number AND first.seen >= p.version AND first.ends_at > e.effective_at
                ORDER BY first.last_day LIMIT 1
            ) AS told
            GROUP BY told.id
        ) AS l ON l.id = r.id
        WHERE (r.came, r.went, r.lines::bigint)
            IS DISTINCT FROM (coalesce(l.came, 0), coalesce(l.went, 0), coalesce(l.lines, 0))
        """,
    ),
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare the period reports with each other and with the ledger; nothing when all is right.

    Source: reliability, section 2 (I19).
    """
    return run(CHECKS, connection, book, limit)
