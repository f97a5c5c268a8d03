"""Proving the completeness checks: each day counts its open cases, and a case is closed by somebody.

Source: reliability, section 2: I30; B-14; A6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.settlement.lifecycles import CASE, CHECK
from tael.wallet.integrity import run

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book
    from tael.ledger.integrity import Violation

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I30",
        "completeness of {} says {}",
        """
        SELECT source || ' on ' || day, d.recorded || ' of ' || d.acts || ' and ' || d.cases
            || ' open cases, there are ' || coalesce(c.cases, 0)
        FROM settlement_completeness_day AS d FULL JOIN (
            SELECT source, day, count(*) AS cases FROM settlement_completeness_case
            WHERE state = 'open' GROUP BY source, day
        ) AS c USING (source, day)
        WHERE d.cases IS DISTINCT FROM coalesce(c.cases, 0) OR d.recorded > d.acts OR d.recorded < 0
        """,
    ),
    (
        "I30",
        "completeness case {} is {}",
        f"""
        SELECT id::text, state || coalesce(', closed by ' || closed_by, ', closed by nobody')
        FROM settlement_completeness_case
        WHERE ({CASE.check_sql("state")}) IS NOT TRUE
            OR (state = 'open') IS DISTINCT FROM (closed_by IS NULL AND closed_at IS NULL)
        """,
    ),
    (
        "I30",
        "completeness check {} is {}",
        f"""
        SELECT id::text, state || ', checked through ' || coalesce(checked_through::text, 'no day')
        FROM settlement_completeness_run
        WHERE ({CHECK.check_sql("state")}) IS NOT TRUE
            OR (state = 'done') > (checked_through IS NOT DISTINCT FROM last_day)
            OR (state IN ('done', 'failed', 'stopped')) IS DISTINCT FROM (ended_at IS NOT NULL)
        """,
    ),
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare the figures of days with their cases, and look at cases and checks; nothing when all is right.

    Source: reliability, section 2 (I30).
    """
    return run(CHECKS, connection, book, limit)
