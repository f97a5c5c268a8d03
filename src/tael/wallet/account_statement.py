"""A wallet's statement (對賬單) by date of effect: opening, a page of lines, closing, and what moved.

Of a long history only the lines that are shown are read; the rest is in the wallet's subtotals.

Source: F-22, E-02, E-03; B-28, B-29 (closing = opening + entries - exits).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.refusal import Refusal
from tael.wallet.figures import Figures, figures_of
from tael.wallet.flow import CursorMalformed, WalletLine, flow_records
from tael.wallet.kinds import kinds_of
from tael.wallet.refund import REFUND
from tael.wallet.subtotal import AT_ONCE, add_up, lines_beyond
from tael.wallet.wallet_lines import HELD, KIND, LINES, MOVED

if TYPE_CHECKING:
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet

PAGE_MAX: Final = 200
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)

# Places in order of effect are (moment, entry). What a subtotal holds is read line by line only where it is
# asked for: where the period or the page begins or ends within it, and on the page. Of the others the sums
# stand where their first line is. The running figures are those of the whole history, so that a filter never
# changes what a line says the wallet held.
_STATEMENT: Final = f"""
    WITH RECURSIVE part (account, last, through) AS (
        SELECT a.id, a.last_posting,
            coalesce(CASE a.id WHEN %(free)s THEN c.free WHEN %(locked)s THEN c.locked ELSE c.frozen END, 0)
        FROM {{book}}.account AS a LEFT JOIN wallet_subtotal_cursor AS c ON c.wallet = %(wallet)s
        WHERE a.id = ANY(%(accounts)s)
    ), {LINES}, moved AS ({MOVED}), tail AS MATERIALIZED (
        SELECT e.effective_at, e.id AS entry, {KIND} AS kind, m.free, m.locked, m.frozen
        FROM moved AS m JOIN {{book}}.entry AS e ON e.id = m.entry
    ), newest AS MATERIALIZED (
        SELECT effective_at, entry FROM tail
        WHERE (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s::text[]))
            AND effective_at >= %(since)s AND effective_at < %(until)s
            AND (effective_at, entry) < (%(moment)s, %(before)s)
        ORDER BY effective_at DESC, entry DESC LIMIT %(limit)s
    ), subtotal AS (
        SELECT s.id, s.from_at, s.from_entry, s.through_at, s.through_entry, s.free, s.locked, s.frozen,
            wanted.records, wanted.came, wanted.went,
            s.from_at < %(since)s AND s.through_at >= %(since)s
                OR s.from_at < %(until)s AND s.through_at >= %(until)s
                OR (s.from_at, s.from_entry) < (%(moment)s, %(before)s)
                    AND (s.through_at, s.through_entry) >= (%(moment)s, %(before)s) AS parted,
            s.from_at >= %(since)s AND s.through_at < %(until)s
                AND (s.through_at, s.through_entry) < (%(moment)s, %(before)s) AS shown
        FROM wallet_subtotal AS s CROSS JOIN LATERAL (
            SELECT coalesce(sum(k.records), 0)::bigint AS records, coalesce(sum(k.came), 0)::bigint AS came,
                coalesce(sum(k.went), 0)::bigint AS went
            FROM unnest(s.kinds, s.records, s.came, s.went) AS k (kind, records, came, went)
            WHERE %(kinds)s::text[] IS NULL OR k.kind = ANY(%(kinds)s::text[])
        ) AS wanted
        WHERE s.wallet = %(wallet)s
    ), looked_at AS MATERIALIZED (
        SELECT s.*, s.parted
            OR s.shown AND s.records > 0 AND s.newer < %(limit)s
            OR (s.through_at, s.through_entry) > (SELECT n.effective_at, n.entry FROM newest AS n
                    ORDER BY n.effective_at, n.entry LIMIT 1)
                AND EXISTS (
                    SELECT FROM newest AS n WHERE (n.effective_at, n.entry) > (s.from_at, s.from_entry)
                        AND (n.effective_at, n.entry) < (s.through_at, s.through_entry)
                ) AS opened
        FROM (
            SELECT subtotal.*, coalesce(sum(records) FILTER (WHERE shown) OVER newer_ones, 0) AS newer FROM subtotal
            WINDOW newer_ones AS (
                ORDER BY from_at DESC, from_entry DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        ) AS s
    ), line_by_line AS (
        {HELD} WHERE s.id = ANY(ARRAY(SELECT id FROM looked_at WHERE opened))
    ), read AS (
        SELECT *,
            %(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s::text[]) AS wanted
        FROM (
            SELECT effective_at, entry, kind, free, locked, frozen FROM line_by_line
            UNION ALL
            SELECT effective_at, entry, kind, free, locked, frozen FROM tail
        ) AS line
    ), dated AS (
        SELECT *, sum(free) OVER so_far AS free_after, sum(locked) OVER so_far AS locked_after,
            sum(frozen) OVER so_far AS frozen_after
        FROM (
            SELECT effective_at, entry, free, locked, frozen, wanted AS on_page, wanted::integer AS records,
                CASE WHEN wanted THEN greatest(free + locked, 0) ELSE 0 END AS came,
                CASE WHEN wanted THEN least(free + locked, 0) ELSE 0 END AS went
            FROM read
            UNION ALL
            SELECT from_at, from_entry, free, locked, frozen, false, records, came, went
            FROM looked_at WHERE NOT opened
        ) AS placed
        WINDOW so_far AS (ORDER BY effective_at, entry)
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
        SELECT coalesce(sum(records), 0)::bigint, coalesce(sum(came), 0), coalesce(sum(went), 0)
        FROM dated WHERE effective_at >= %(since)s AND effective_at < %(until)s
    ), page AS (
        SELECT entry, effective_at, free_after::bigint, locked_after::bigint, frozen_after::bigint
        FROM dated WHERE on_page AND effective_at >= %(since)s AND effective_at < %(until)s
            AND (effective_at, entry) < (%(moment)s, %(before)s)
        ORDER BY effective_at DESC, entry DESC LIMIT %(limit)s
    )
    SELECT sums.*, totals.*, page.* FROM sums CROSS JOIN totals LEFT JOIN page ON true
    ORDER BY page.effective_at DESC, page.entry DESC
"""


class DaysReversed(Refusal):
    """The last day asked for is before the first one: there is no such time."""

    code = "days_reversed"
    rule = "B-28"
    remedy = "Ask for a last day that is the first one or comes after it."


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
        DaysReversed: the period ends before it begins.

    Source: F-22, E-03; B-28, B-29.
    """
    return _statement(wallet, period, min(max(limit, 1), PAGE_MAX), cursor)


def whole_statement(wallet: Wallet, period: Period, *, most: int) -> AccountStatement | None:
    """Give all lines of a statement at once, for a file; None if there are more than ``most``.

    Raises:
        DaysReversed: the period ends before it begins.

    Source: F-22, E-03; B-28, B-29.
    """
    found = _statement(wallet, period, most, None)
    return found if found.records <= most else None


def _statement(wallet: Wallet, period: Period, limit: int, cursor: str | None) -> AccountStatement:
    moment, before = _read(cursor)
    since, until = period.since or BEGINNING, period.until or END
    if until < since:
        message = "The last day is before the first."
        allowed = f"{since.isoformat()} or later"
        raise DaysReversed(message, field="until", there=until.isoformat(), allowed=allowed)
    if lines_beyond(wallet) >= AT_ONCE:
        add_up(wallet)
    connection = books.connection()
    free, locked, frozen = wallet.accounts
    values = {
        "wallet": wallet.number,
        "accounts": list(wallet.accounts),
        "indexed_below": first_unindexed(connection),
        "free": free,
        "locked": locked,
        "frozen": frozen,
        "kinds": None if period.operation is None else kinds_of(period.operation),
        "refund": REFUND.code,
        "since": since,
        "until": until,
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
        came=wallet.money(int(sums[7])),
        went=wallet.money(int(sums[8])),
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
