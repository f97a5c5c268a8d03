"""Subtotals (小計) of a merchant account's lines, so that pages about a long history read a few lines only.

They are derived from the journal and never change; whoever reads them adds what was booked since.

Source: E-11, E-16; I3; B-06, B-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael import books, ledger

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.settlement.accounts.merchant_account import MerchantAccount

LINES: Final = 256
"""Lines that one subtotal holds; as many are read where a period begins or ends among them."""
AT_ONCE: Final = 1_000
"""With so many lines beyond the subtotals a reader does not wait for the job that adds up."""

_MINE: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_LONG: Final = """
    SELECT s.number, s.account FROM settlement_account AS s JOIN {book}.account AS a ON a.id = s.account
    WHERE a.version >= %(least)s + coalesce(
            (SELECT max(t.last_line) FROM settlement_subtotal AS t WHERE t.account = s.number), 0)
        AND (%(only)s::bigint IS NULL OR s.number = %(only)s::bigint)
    ORDER BY s.number
"""
# The lines beyond the subtotals, along `prev`; of the newest ones, too few for a subtotal, none is made.
_ADD: Final = """
    WITH RECURSIVE done AS (
        SELECT coalesce(max(last_line), 0) AS lines FROM settlement_subtotal WHERE account = %(number)s
    ), line AS (
        SELECT p.id, p.entry, p.version, p.amount, p.prev
        FROM {book}.account AS a JOIN {book}.posting AS p ON p.id = a.last_posting
        WHERE a.id = %(account)s AND p.version > (SELECT lines FROM done)
        UNION ALL
        SELECT p.id, p.entry, p.version, p.amount, p.prev
        FROM line JOIN {book}.posting AS p ON p.id = line.prev WHERE p.version > (SELECT lines FROM done)
    ), of_kind AS (
        SELECT (l.version - 1 - (SELECT lines FROM done)) / %(size)s AS place, e.kind, max(l.id) AS posting,
            min(l.version) AS first_line, max(l.version) AS last_line,
            min(e.effective_at) AS from_at, max(e.effective_at) AS through_at, count(*) AS records,
            sum(greatest(l.amount, 0))::bigint AS came, sum(least(l.amount, 0))::bigint AS went
        FROM line AS l CROSS JOIN LATERAL (
            SELECT kind, effective_at FROM {book}.entry WHERE id = l.entry OFFSET 0
        ) AS e GROUP BY 1, 2
    )
    INSERT INTO settlement_subtotal (account, first_line, last_line, posting, from_at, through_at, kinds, records, came, went)
    SELECT %(number)s, min(first_line), max(last_line), max(posting), min(from_at), max(through_at), array_agg(kind ORDER BY kind),
        array_agg(records ORDER BY kind), array_agg(came ORDER BY kind), array_agg(went ORDER BY kind)
    FROM of_kind GROUP BY place HAVING sum(records) = %(size)s
"""


def add_up_accounts(*, lines: int = LINES) -> int:
    """Make the subtotals of all merchant accounts that have lines enough for another; give how many were made.

    Args:
        lines: so many in each that is made.

    Source: E-11, E-16; B-06.
    """
    return sum(_add_up(number, account, lines) for number, account in _long(lines))


def add_up_if_long(account: MerchantAccount) -> None:
    """Make the subtotals of an account that many lines have come to since the last ones.

    Source: E-11, E-16; B-06.
    """
    for number, ledger_account in _long(AT_ONCE, only=account.number):
        _add_up(number, ledger_account, LINES)


def forget_account_subtotals(owner: Connection) -> None:
    """Remove all subtotals, to have them made again; pages are right meanwhile, and slow.

    Args:
        owner: a connection of the database's owner: the application removes nothing. It is committed.

    Source: I3.
    """
    owner.execute("DELETE FROM settlement_subtotal")
    owner.commit()


def _long(least: int, *, only: int | None = None) -> list[tuple[int, int]]:
    """Give number and ledger account of those with so many lines beyond their subtotals."""
    values = {"least": least, "only": only}
    return Cursor(books.connection()).execute(ledger.MAIN.sql(_LONG), values).fetchall()


@books.atomic
def _add_up(number: int, account: int, lines: int) -> int:
    """Make the subtotals of one account. Who finds another one at it leaves it to him."""
    cursor = Cursor(books.connection())
    if cursor.execute(_MINE, [f"tael:settlement_subtotal:{number}"]).fetchone() != (True,):
        return 0
    values = {"size": lines, "number": number, "account": account}
    return cursor.execute(ledger.MAIN.sql(_ADD), values).rowcount
