"""Proving the withdrawal applications against holds and ledger.

Source: reliability, section 2: I14, I30, I32.
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
        WHERE a.state <> 'applied' AND (m.id IS NULL OR e.kind IS DISTINCT FROM CASE a.state
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
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare the applications with holds and ledger; nothing when all is right.

    Source: reliability, section 2 (I14, I32).
    """
    return run(CHECKS, connection, book, limit)
