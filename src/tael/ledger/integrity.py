"""Proving a book: every sum, chain and number of the journal computed again and compared.

Each check is a query that returns no row while the books are right.

Source: reliability, section 2: I1-I6, I8-I12, I35, I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael.ledger.book import MAIN, Book

if TYPE_CHECKING:
    from psycopg import Connection


class Violation(NamedTuple):
    """One thing that is not as it must be."""

    invariant: str
    subject: str
    message: str


# invariant, subject, message: SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I1",
        "entry {} does not sum to zero: {}",
        """
        SELECT p.entry::text, a.currency || ' ' || sum(p.amount)
        FROM {book}.posting AS p JOIN {book}.account AS a ON a.id = p.account
        GROUP BY p.entry, a.currency HAVING sum(p.amount) <> 0
        """,
    ),
    (
        "I2",
        "all balances in {} sum to {}",
        "SELECT currency, sum(balance)::text FROM {book}.account GROUP BY currency HAVING sum(balance) <> 0",
    ),
    (
        "I3",
        "account {} holds {}",
        """
        SELECT a.id::text, a.balance || ', its lines sum to ' || coalesce(p.total, 0)
        FROM {book}.account AS a
        LEFT JOIN (SELECT account, sum(amount) AS total FROM {book}.posting GROUP BY account) AS p ON p.account = a.id
        WHERE a.balance <> coalesce(p.total, 0)
        """,
    ),
    (
        "I4",
        "account {} has no {}",
        """
        SELECT a.id::text, 'currency ' || a.currency FROM {book}.account AS a
        WHERE NOT EXISTS (SELECT FROM {book}.currency AS c WHERE c.code = a.currency)
        UNION ALL
        SELECT DISTINCT p.account::text, 'row, but lines' FROM {book}.posting AS p
        WHERE NOT EXISTS (SELECT FROM {book}.account AS a WHERE a.id = p.account)
        """,
    ),
    (
        "I5",
        "account {} is below its floor: {}",
        "SELECT id::text, balance || ' < ' || floor FROM {book}.account WHERE balance < floor",
    ),
    (
        "I6",
        "posting {} moves {}",
        """
        SELECT id::text, amount::text FROM {book}.posting
        WHERE amount = 0 OR abs(amount) > 9000000000000000000 OR abs(balance_after) > 9000000000000000000
        """,
    ),
    (
        "I8",
        "entry {} {}",
        """
        SELECT e.id::text, 'has no key' FROM {book}.entry AS e
        WHERE NOT EXISTS (SELECT FROM {book}.entry_key AS k WHERE k.entry = e.id)
        UNION ALL
        SELECT k.entry::text, 'has a key but is not there' FROM {book}.entry_key AS k
        WHERE NOT EXISTS (SELECT FROM {book}.entry AS e WHERE e.id = k.entry)
        """,
    ),
    (
        "I9",
        "entry {} {}",
        """
        SELECT coalesce(e.id, p.entry)::text,
            CASE WHEN e.id IS NULL THEN 'has lines but is not there'
                ELSE 'says ' || e.legs || ' legs from ' || e.first_posting || ', has ' || coalesce(p.lines, 0) END
        FROM {book}.entry AS e
        FULL JOIN (
            SELECT entry, count(*) AS lines, min(id) AS first, max(id) AS last FROM {book}.posting GROUP BY entry
        ) AS p ON p.entry = e.id
        WHERE e.id IS NULL OR p.entry IS NULL OR e.legs < 2 OR p.lines <> e.legs
            OR p.first <> e.first_posting OR p.last <> e.first_posting + e.legs - 1
        """,
    ),
    (
        "I10",
        "account {} breaks at line {}",
        """
        SELECT account::text, version::text FROM (
            SELECT account, version, id, prev, amount, balance_after,
                lag(id, 1, 0::bigint) OVER lines AS id_before,
                lag(version, 1, 0::bigint) OVER lines AS version_before,
                lag(balance_after, 1, 0::bigint) OVER lines AS balance_before
            FROM {book}.posting WINDOW lines AS (PARTITION BY account ORDER BY version, id)
        ) AS line
        WHERE prev <> id_before OR version <> version_before + 1 OR balance_after <> balance_before + amount
            OR id <= id_before
        """,
    ),
    (
        "I10",
        "account {} says version and newest line {}",
        """
        SELECT a.id::text, a.version || ', ' || a.last_posting FROM {book}.account AS a
        LEFT JOIN (
            SELECT account, max(version) AS version, max(id) AS id FROM {book}.posting GROUP BY account
        ) AS newest ON newest.account = a.id
        WHERE a.version <> coalesce(newest.version, 0) OR a.last_posting <> coalesce(newest.id, 0)
        """,
    ),
    (
        "I11",
        "{} may {}",
        """
        SELECT grantee || ' on ' || table_name, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = '{book}' AND grantee = 'tael_app'
            AND (table_name ~ '^(entry|posting)' AND privilege_type NOT IN ('SELECT', 'INSERT')
                OR privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES'))
        """,
    ),
    (
        "I12",
        "entry {} has been taken back beyond itself: {}",
        """
        WITH back AS (
            SELECT r.reverses, p.account, sum(p.amount) AS amount FROM {book}.entry AS r
            JOIN {book}.posting AS p ON p.id >= r.first_posting AND p.id < r.first_posting + r.legs
            WHERE r.reverses IS NOT NULL GROUP BY r.reverses, p.account
        )
        SELECT b.reverses::text, 'account ' || b.account || ', ' || b.amount || ' of ' || coalesce(o.amount, 0)
        FROM back AS b
        LEFT JOIN {book}.entry AS e ON e.id = b.reverses
        LEFT JOIN {book}.posting AS o
            ON o.id >= e.first_posting AND o.id < e.first_posting + e.legs AND o.account = b.account
        WHERE o.amount IS NULL OR e.reverses IS NOT NULL
            OR sign(b.amount) = sign(o.amount) OR abs(b.amount) > abs(o.amount)
        """,
    ),
    (
        "I35",
        "entry {} took effect in a closed period, at {}",
        """
        SELECT e.id::text, e.effective_at::text FROM {book}.entry AS e
        WHERE EXISTS (SELECT FROM {book}.period AS p
            WHERE e.effective_at <= p.closed_through AND e.booked_at > p.closed_at)
        """,
    ),
    (
        "I36",
        "account code {} is there {} times",
        "SELECT code, count(*)::text FROM {book}.account GROUP BY code HAVING count(*) > 1",
    ),
)


def check(connection: Connection, book: Book = MAIN, *, limit: int = 20) -> list[Violation]:
    """Compute the whole book again and give what is wrong with it; nothing when it is right.

    Reads one snapshot, so that it may run while money moves.

    Args:
        connection: one that may read the book; its transaction is used.
        book: the set of books.
        limit: how many violations of each check to name.
    """
    violations: list[Violation] = []
    for invariant, message, query in CHECKS:
        cursor = Cursor(connection).execute(book.sql(f"{query} LIMIT {int(limit)}"))
        violations += [
            Violation(invariant, subject, message.format(subject, detail))
            for subject, detail in cursor.fetchall()
        ]
    return violations
