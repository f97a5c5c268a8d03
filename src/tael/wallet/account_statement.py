"""A wallet's statement (對賬單) by date of effect: opening, a page of lines, closing, and what moved.

One statement to the database, however long the wallet's history is and whatever is left out of it.

Source: F-22, E-02, E-03; B-28, B-29 (closing = opening + entries - exits).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.wallet.figures import Figures, figures_of
from tael.wallet.flow import CursorMalformed, WalletLine, flow_records
from tael.wallet.kinds import kinds_of
from tael.wallet.refund import REFUND

if TYPE_CHECKING:
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet

PAGE_MAX: Final = 200
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)

LINES: Final = """
    line (id, entry, account, amount, prev) AS (
        SELECT p.id, p.entry, p.account, p.amount, p.prev
        FROM {book}.account AS a JOIN {book}.posting AS p ON p.id = a.last_posting
        WHERE a.id = ANY(%(accounts)s) AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.id, p.entry, p.account, p.amount, p.prev
        FROM line JOIN {book}.posting AS p ON p.id = line.prev WHERE line.prev >= %(indexed_below)s
    ), lines AS (
        SELECT entry, account, amount FROM line
        UNION ALL
        SELECT entry, account, amount FROM {book}.posting
        WHERE account = ANY(%(accounts)s) AND id < %(indexed_below)s
    )
"""
"""All lines of some accounts: those of open leaves along ``prev``, those of full ones by their index."""

# The running figures are those of the whole history in the order of its effect, so that a filter never
# changes what a line says the wallet held.
_STATEMENT: Final = f"""
    WITH RECURSIVE {LINES}, moved AS (
        SELECT entry,
            coalesce(sum(amount) FILTER (WHERE account = %(free)s), 0)::bigint AS free,
            coalesce(sum(amount) FILTER (WHERE account = %(locked)s), 0)::bigint AS locked,
            coalesce(sum(amount) FILTER (WHERE account = %(frozen)s), 0)::bigint AS frozen
        FROM lines GROUP BY entry
    ), dated AS (
        SELECT m.entry, m.free, m.locked, m.frozen, e.effective_at,
            %(kinds)s::text[] IS NULL OR e.kind = ANY(%(kinds)s::text[])
                OR (e.kind = %(refund)s AND EXISTS (
                    SELECT FROM {{book}}.entry AS o WHERE o.id = e.reverses AND o.kind = ANY(%(kinds)s::text[])
                )) AS wanted,
            sum(m.free) OVER so_far AS free_after,
            sum(m.locked) OVER so_far AS locked_after,
            sum(m.frozen) OVER so_far AS frozen_after
        FROM moved AS m JOIN {{book}}.entry AS e ON e.id = m.entry
        WINDOW so_far AS (ORDER BY e.effective_at, m.entry)
    ), inside AS (
        SELECT * FROM dated
        WHERE wanted AND effective_at >= %(since)s AND effective_at < %(until)s
    ), sums AS (
        SELECT
            coalesce(sum(free) FILTER (WHERE effective_at < %(since)s), 0)::bigint,
            coalesce(sum(locked) FILTER (WHERE effective_at < %(since)s), 0)::bigint,
            coalesce(sum(frozen) FILTER (WHERE effective_at < %(since)s), 0)::bigint,
            coalesce(sum(free) FILTER (WHERE effective_at < %(until)s), 0)::bigint,
            coalesce(sum(locked) FILTER (WHERE effective_at < %(until)s), 0)::bigint,
            coalesce(sum(frozen) FILTER (WHERE effective_at < %(until)s), 0)::bigint
        FROM dated
    ), totals AS (
        SELECT count(*),
            coalesce(sum(greatest(free + locked, 0)), 0)::bigint,
            coalesce(sum(least(free + locked, 0)), 0)::bigint
        FROM inside
    ), page AS (
        SELECT entry, effective_at, free_after::bigint, locked_after::bigint, frozen_after::bigint
        FROM inside WHERE (effective_at, entry) < (%(moment)s, %(before)s)
        ORDER BY effective_at DESC, entry DESC LIMIT %(limit)s
    )
    SELECT sums.*, totals.*, page.* FROM sums CROSS JOIN totals LEFT JOIN page ON true
    ORDER BY page.effective_at DESC, page.entry DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which lines of a statement are wanted; what is None does not matter.

    Args:
        since: in effect at or after. until: in effect before.
        operation: one of the seven; a refund is of the operation that it takes back.
    """

    since: datetime | None = None
    until: datetime | None = None
    operation: Operation | None = None


class AccountStatement(NamedTuple):
    """A page of a statement, newest line first.

    Opening and closing are the wallet's figures at the bounds of the period, whatever operation is
    asked for; with no operation asked for, closing = opening + came + went over liquid funds.

    Args:
        records: how many lines the whole period has.
        came: all that the lines brought into liquid funds. went: all that they took, below zero.
        next: where the next page begins; None after the last.
    """

    opening: Figures
    closing: Figures
    records: int
    came: Money
    went: Money
    lines: list[WalletLine]
    next: str | None


def account_statement(
    wallet: Wallet, period: Period, *, limit: int = 50, cursor: str | None = None
) -> AccountStatement:
    """Give a page of a wallet's statement by date of effect, with the figures of the whole period.

    Args:
        limit: at most 200.
        cursor: what the page before gave as ``next``; None begins at the newest.

    Raises:
        CursorMalformed: the cursor is not one of these pages.

    Source: F-22, E-03; B-28, B-29.
    """
    return _statement(wallet, period, min(max(limit, 1), PAGE_MAX), cursor)


def whole_statement(wallet: Wallet, period: Period, *, most: int) -> AccountStatement | None:
    """Give all lines of a statement at once, for a file; None if there are more than ``most``.

    Source: F-22, E-03; B-28, B-29.
    """
    found = _statement(wallet, period, most, None)
    return found if found.records <= most else None


def _statement(wallet: Wallet, period: Period, limit: int, cursor: str | None) -> AccountStatement:
    connection = books.connection()
    moment, before = _read(cursor)
    free, locked, frozen = wallet.accounts
    values = {
        "accounts": list(wallet.accounts),
        "indexed_below": first_unindexed(connection),
        "free": free,
        "locked": locked,
        "frozen": frozen,
        "kinds": None if period.operation is None else kinds_of(period.operation),
        "refund": REFUND.code,
        "since": period.since or BEGINNING,
        "until": period.until or END,
        "moment": moment,
        "before": before,
        "limit": limit,
    }
    rows = Cursor(connection).execute(ledger.MAIN.sql(_STATEMENT), values).fetchall()
    sums, page = rows[0][:9], [row[9:] for row in rows if row[9] is not None]
    return AccountStatement(
        opening=_figures(wallet, sums[0:3]),
        closing=_figures(wallet, sums[3:6]),
        records=sums[6],
        came=wallet.money(sums[7]),
        went=wallet.money(sums[8]),
        lines=_lines(wallet, page),
        next=_written(page[-1][1], page[-1][0]) if len(page) == limit else None,
    )


def _lines(wallet: Wallet, page: list[Any]) -> list[WalletLine]:
    records = {record.id: record for record in flow_records([row[0] for row in page])}
    lines = []
    for entry, _moment, *after in page:
        record = records[entry]
        change = next(change for change in record.changes if change.wallet == wallet)
        lines.append(WalletLine(record, change, _figures(wallet, after)))
    return lines


def _figures(wallet: Wallet, balances: Any) -> Figures:
    return figures_of(wallet, dict(zip(wallet.accounts, balances, strict=True)))


def _written(moment: datetime, entry: int) -> str:
    """Write where a page ends: microseconds since 1970, and the entry."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{(since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds}.{entry}"


def _read(cursor: str | None) -> tuple[datetime, int]:
    if cursor is None:
        return END, 0
    moment, _, entry = cursor.partition(".")
    digits = moment.removeprefix("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (digits, entry)):
        raise _malformed(cursor)
    seconds, micros = divmod(int(moment), 1_000_000)
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), int(entry)
    except (ValueError, OverflowError, OSError):
        raise _malformed(cursor) from None


def _malformed(cursor: str) -> CursorMalformed:
    message = "This is no cursor of a page."
    return CursorMalformed(message, field="cursor", there=ascii(cursor)[:40])
