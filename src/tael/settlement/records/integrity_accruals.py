"""Proving business records, their reversals and the accounts that they are of.

Source: reliability, section 2: I12, I30, I36; B-10, B-11; A-B12, A-B13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.settlement.lifecycles import ACCRUAL
from tael.wallet.integrity import run

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book
    from tael.ledger.integrity import Violation

# invariant, message, SQL that gives (subject, detail) for each violation
OF_ACCRUALS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I12",
        "record {} says {}",
        """
        SELECT a.id::text, a.reversed || ' of ' || a.amount || ' is taken back, by reversals it is '
            || coalesce(r.amount, 0)
        FROM settlement_accrual AS a LEFT JOIN (
            SELECT reverses, sum(abs(amount)) AS amount, sum(coalesce(quantity, 0)) AS quantity
            FROM settlement_accrual WHERE reverses IS NOT NULL GROUP BY reverses
        ) AS r ON r.reverses = a.id
        WHERE a.reversed <> coalesce(r.amount, 0) OR a.reversed > abs(a.amount)
            OR a.reversed_quantity <> coalesce(r.quantity, 0) OR a.reversed_quantity > coalesce(a.quantity, 0)
        """,
    ),
    (
        "I12",
        "reversal {} is of {}",
        """
        SELECT r.id::text, coalesce(a.type || ' record ' || a.id || ', which is ' || a.state || ', of account '
            || a.account || ' and ' || a.amount, 'nothing') || '; it is of account ' || r.account || ' and ' || r.amount
        FROM settlement_accrual AS r LEFT JOIN settlement_accrual AS a ON a.id = r.reverses
        WHERE (r.type = 'reversal' OR r.reverses IS NOT NULL) AND (
            (a.type, a.state, a.account, a.source, a.kind, a.number, sign(a.amount))
                IS DISTINCT FROM
            ('normal', 'confirmed', r.account, r.source, r.kind, r.reversed_number, -sign(r.amount))
            OR (r.type, r.state) <> ('reversal', 'confirmed')
        )
        """,
    ),
    (
        "I30",
        "record {} is {}, which no business record can be",
        f"""
        SELECT id::text, coalesce(state, 'none') || CASE WHEN bill IS NULL THEN '' ELSE ', on bill ' || bill END
        FROM settlement_accrual
        WHERE ({ACCRUAL.check_sql("state")}) IS NOT TRUE OR (bill IS NOT NULL AND state <> 'confirmed')
            OR (state = 'failed' AND decided_by IS NULL)
        """,
    ),
)
OF_MERCHANTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I36",
        "merchant account {} stands on {}",
        """
        SELECT m.number::text, coalesce(a.code || ' in ' || a.currency, 'no account')
            || ' and ' || coalesce(r.code || ' in ' || r.currency, 'no account')
        FROM settlement_account AS m
        LEFT JOIN {book}.account AS a ON a.id = m.account
        LEFT JOIN {book}.account AS r ON r.id = m.reserve
        LEFT JOIN parties_customer AS c ON c.number = m.owner
        WHERE (a.code, a.currency, a.class) IS DISTINCT FROM
                ('merchant:' || m.number || ':owed', m.currency, 'client')
            OR (r.code, r.currency, r.class) IS DISTINCT FROM
                ('merchant:' || m.number || ':reserve', m.currency, 'client')
            OR c.number IS NULL
        """,
    ),
)
CHECKS: Final = OF_ACCRUALS + OF_MERCHANTS


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare business records with their reversals and accounts; nothing when all is right.

    Source: reliability, section 2 (I12, I30, I36).
    """
    return run(CHECKS, connection, book, limit)
