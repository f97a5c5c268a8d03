"""The journal for other programs (導出): as csv, for hledger and for beancount.

Source: architecture, sections 2 and 5; reliability, T27.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from tael.assurance import journal
from tael.assurance.beancount_form import BeancountPage
from tael.assurance.csv_form import write_csv
from tael.assurance.hledger_form import HledgerPage
from tael.ledger import MAIN, currencies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import TextIO

    from psycopg import Connection

    from tael.assurance.journal import JournalEntry
    from tael.ledger import Book

Format = Literal["csv", "hledger", "beancount"]

FORMATS: Final = get_args(Format)
_DAY: Final = timedelta(days=1)


def export_journal(
    connection: Connection,
    format: Format,  # noqa: A002 - the user's own word
    out: TextIO,
    book: Book = MAIN,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    debit_positive: bool = False,
) -> int:
    """Write the journal to a text file, entry by entry in the order of their numbers; give how many.

    The part is chosen by booking time, so that the export of a time that has passed is the same
    whenever it is made. Entries stand under their date of effect. hledger and beancount are given
    what the accounts held before as an entry of its own, and at the end an assertion for each
    account, so that they refuse a file whose sums are not the ledger's.

    Args:
        connection: one that may read the book. One snapshot is read; work goes on meanwhile.
        format: "csv", "hledger" or "beancount".
        out: an open text file, UTF-8 with plain line ends.
        book: the set of books.
        since: only what was booked from then on.
        until: only what was booked before.
        debit_positive: turn the signs around for hledger and beancount. The ledger's own sign is
            plus for what goes into an account, which an accountant would call credit.

    Raises:
        BookUnreadable: an account or currency is missing from the book.

    Source: reliability, T27.
    """
    with journal.one_moment(connection):
        found = journal.entries(connection, since=since, until=until, book=book)
        if format == "csv":
            return write_csv(found, out)
        sign = -1 if debit_positive else 1
        page: BeancountPage | HledgerPage = (
            BeancountPage(out, sign=sign, alike=journal.alike(connection, book=book))
            if format == "beancount"
            else HledgerPage(out, sign=sign)
        )
        return _write(connection, page, found, book, since, until)


def _write(
    connection: Connection,
    page: BeancountPage | HledgerPage,
    found: Iterator[JournalEntry],
    book: Book,
    since: datetime | None,
    until: datetime | None,
) -> int:
    units = sorted(
        (unit.code, unit.exponent) for unit in currencies(connection, book=book).values()
    )
    page.heading(_about(book, since, until), units)
    newest = date.min
    for account, opened in journal.accounts(connection, until=until, book=book):
        day = opened.astimezone(UTC).date()
        newest = max(newest, day)
        page.account(account, day)
    if since is not None:
        before = since.astimezone(UTC).date()
        newest = max(newest, before)
        page.opening(journal.balances(connection, until=since, book=book), before)
    count = 0
    for count, entry in enumerate(found, start=1):  # noqa: B007 - the last count is the answer
        newest = max(newest, entry.effective_at.astimezone(UTC).date())
        page.entry(entry)
    if date.min < newest < date.max:  # the assertions stand a day after all that they are about
        page.closing(journal.balances(connection, until=until, book=book), newest + _DAY)
    return count


def _about(book: Book, since: datetime | None, until: datetime | None) -> list[str]:
    lines = [
        f"The journal of the book {book.name}.",
        "Entries stand in the order in which they were booked, under their date of effect (UTC).",
    ]
    if since is not None:
        lines.append(f"Booked from {since.astimezone(UTC).isoformat()} on.")
    if until is not None:
        lines.append(f"Booked before {until.astimezone(UTC).isoformat()}.")
    return lines
