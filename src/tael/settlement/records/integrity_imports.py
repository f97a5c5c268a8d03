"""Proving imports: a finished one has every row with its verdict, and what a row says it recorded is there.

Source: reliability, section 2 (I30); B-15; T15.
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
        "I30",
        "import {} is {}",
        """
        SELECT i.id::text, i.state || ' of ' || i.size || ' rows; there are ' || count(r.id) || ', and '
            || count(r.id) FILTER (WHERE r.done) || ' have their verdict'
        FROM settlement_import AS i LEFT JOIN settlement_import_row AS r ON r.import = i.id
        GROUP BY i.id
        HAVING count(r.id) <> i.kept OR i.state IN ('checking', 'checked', 'running', 'finished') AND i.kept <> i.size
            OR i.state = 'finished' AND count(r.id) FILTER (WHERE NOT r.done) > 0
        """,
    ),
    (
        "I30",
        "row {} of an import says that it is record {}",
        """
        SELECT r.row::text, r.accrual || ', which is ' || coalesce(a.kind || ' ' || a.number, 'not there')
        FROM settlement_import_row AS r LEFT JOIN settlement_accrual AS a ON a.id = r.accrual
        WHERE r.accrual IS NOT NULL AND (a.source, a.kind, a.number) IS DISTINCT FROM
            (r.facts ->> 'source', r.facts ->> 'kind', r.facts ->> 'number')
        """,
    ),
)


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare imports with their rows and these with the records; nothing when all is right.

    Source: reliability, section 2 (I30).
    """
    return run(CHECKS, connection, book, limit)
