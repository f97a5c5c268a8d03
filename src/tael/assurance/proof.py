"""An invariant as queries: one that counts what is examined, others that give what is not so.

Source: reliability, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from psycopg import Cursor, DataError

from tael.assurance.report import Check
from tael.ledger.integrity import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tael.ledger import Book

NAMED: Final = 20  # violations of each query that the report names


@dataclass(frozen=True, slots=True)
class Proof:
    """One invariant.

    Args:
        invariant: its number.
        title: what must be so.
        unit: what is counted, in the plural.
        count: SQL that counts it; `{book}` is the book's schema.
        queries: message and SQL that gives (subject, detail) for each violation.
    """

    invariant: str
    title: str
    unit: str
    count: str
    queries: tuple[tuple[str, str], ...]

    def run(self, connection: Connection, book: Book, *, named: str = "") -> Check:
        """Examine a book.

        Args:
            connection: one that may read it.
            book: the set of books.
            named: the book's name, when there are several.
        """
        cursor = Cursor(connection)
        row = cursor.execute(book.sql(self.count)).fetchone()
        found = tuple(
            one for query in self.queries for one in self._violations(cursor, book, *query)
        )
        title = f"{self.title} [{named}]" if named else self.title
        return Check(self.invariant, title, row[0] if row else 0, found, self.unit)

    def _violations(
        self, cursor: Cursor, book: Book, message: str, query: str
    ) -> Iterator[Violation]:
        """Ask one query; what somebody wrote that cannot be computed with is a violation as well."""
        try:
            with cursor.connection.transaction():
                rows = cursor.execute(book.sql(f"{query} LIMIT {NAMED}")).fetchall()
        except DataError as failure:
            what = f"cannot be computed: {failure.diag.message_primary}"
            yield Violation(self.invariant, self.title, f"{self.title}: {what}")
            return
        for subject, detail in rows:
            yield Violation(self.invariant, subject, message.format(subject, detail))
