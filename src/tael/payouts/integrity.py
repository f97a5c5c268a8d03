"""Proving the withdrawal applications against holds and ledger.

Source: reliability, section 2: I14, I30, I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.parties.actor import OWNER_ACTORS
from tael.wallet.integrity import run

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book
    from tael.ledger.integrity import Violation

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I14",
        "withdrawal {} is {}",
        """
        SELECT a.id::text, a.state || ', its hold ' || a.hold || ' is ' || coalesce(h.state, 'not there')
        FROM payouts_withdrawal AS a
        LEFT JOIN wallet_hold AS h ON h.id = a.hold AND h.wallet = a.wallet AND h.amount = a.amount
            AND h.purpose = 'withdrawal' AND h.entry = a.frozen_by
        WHERE h.id IS NULL
            OR (h.captured, h.released) <> CASE a.state
                WHEN 'applied' THEN (0::bigint, 0::bigint)
                WHEN 'reviewed' THEN (0::bigint, 0::bigint)
                WHEN 'withdrawn' THEN (a.amount, 0::bigint)
                ELSE (0::bigint, a.amount) END
        """,
    ),
    (
        "I14",
        "withdrawal {} was closed by {}",
        """
        SELECT a.id::text, 'entry ' || a.closed_by || ', a ' || coalesce(e.kind, 'missing one')
        FROM payouts_withdrawal AS a
        LEFT JOIN {book}.entry AS e ON e.id = a.closed_by
        LEFT JOIN wallet_hold_move AS m ON m.entry = a.closed_by AND m.hold = a.hold
        WHERE a.state NOT IN ('applied', 'reviewed') AND (m.id IS NULL OR e.kind IS DISTINCT FROM CASE a.state
            WHEN 'withdrawn' THEN 'wallet.withdraw_frozen' ELSE 'wallet.unfreeze' END)
        """,
    ),
    (
        "I32",
        "withdrawal {} was decided by {}, who applied",
        """
        SELECT id::text, decided_by FROM payouts_withdrawal
        WHERE state IN ('withdrawn', 'returned') AND decided_by = applied_by
        """,
    ),
    (
        "I32",
        "withdrawal {} was approved by {}, who applied, is paid or confirmed it",
        f"""
        SELECT id::text, reviewed_by FROM payouts_withdrawal
        WHERE reviewed_by = applied_by OR reviewed_by IN ({OWNER_ACTORS})
            OR (state = 'withdrawn' AND reviewed_by = decided_by)
        """,
    ),
    (
        "I32",
        "withdrawal {} was paid on one person's word, {}",
        """
        SELECT a.id::text, a.decided_by || ', above limit ' || coalesce(l.id::text, '(never asked for)')
        FROM payouts_withdrawal AS a
        LEFT JOIN payouts_check_limit AS l ON l.id = a.judged_by
        JOIN {book}.entry AS e ON e.id = a.frozen_by
        WHERE a.state = 'withdrawn' AND a.reviewed_by IS NULL AND (
            a.amount > l.amount OR (a.judged_by IS NULL AND EXISTS (
                SELECT FROM payouts_check_limit AS earlier
                WHERE earlier.currency = a.currency AND earlier.written_at < e.booked_at
            ))
        )
        """,
    ),
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare the applications with holds and ledger; nothing when all is right.

    Source: reliability, section 2 (I14, I32).
    """
    return run(CHECKS, connection, book, limit)
