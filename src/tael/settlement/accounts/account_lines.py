"""Reading the lines of a merchant account: their sums from its subtotals, and only those line by line that are asked for.

Source: B-06, E-11, E-16; I19.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.settlement.accounts import account_subtotal

if TYPE_CHECKING:
    from tael.settlement.accounts.merchant_account import MerchantAccount

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)
NEWEST: Final = 2**62
"""A line's number that no line reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which lines are meant: in effect from ``since`` to before ``until``, numbered above ``above`` and up to ``seen``.

    Args:
        seen: the number of the newest line that was known; later ones do not count.
        told: lines after this number count although they took effect before ``since``: when the report of
            their own day was made, they were not known.
        kinds: of these entries only. others: of none of these.
    """

    since: datetime = BEGINNING
    until: datetime = END
    above: int = 0
    seen: int = NEWEST
    told: int = NEWEST
    kinds: tuple[str, ...] | None = None
    others: tuple[str, ...] | None = None


class Sums(NamedTuple):
    """What the lines of one kind of entry come to; ``went`` is not above zero."""

    kind: str
    lines: int
    came: int
    went: int


_KIND: Final = """
    (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s::text[]))
    AND (%(others)s::text[] IS NULL OR kind <> ALL(%(others)s::text[]))
"""
# A subtotal is wanted whole, not at all, or in part. Those in `part` and what was booked since the last
# subtotal are walked along `prev`, all at once, down to the line before their oldest.
_SUBTOTALS: Final = """
    WITH RECURSIVE subtotal AS MATERIALIZED (
        SELECT s.*, CASE
                WHEN s.last_line <= %(above)s OR s.first_line > %(seen)s OR s.from_at >= %(until)s
                    OR s.through_at < %(since)s AND s.last_line <= %(told)s THEN 'none'
                WHEN s.first_line > %(above)s AND s.last_line <= %(seen)s AND s.through_at < %(until)s
                    AND (s.from_at >= %(since)s OR s.first_line > %(told)s) THEN 'whole'
                ELSE 'part' END AS wanted
        FROM settlement_subtotal AS s WHERE s.account = %(number)s
    ), tail (posting, below) AS (
        SELECT last_posting, (SELECT coalesce(max(last_line), 0) FROM subtotal) FROM {book}.account WHERE id = %(account)s
    )
"""
_READ: Final = f"""
    , line AS (
        SELECT p.entry, p.version, p.amount, p.balance_after, p.prev, walk.below
        FROM walk JOIN {{book}}.posting AS p ON p.id = walk.posting WHERE p.version > walk.below
        UNION ALL
        SELECT p.entry, p.version, p.amount, p.balance_after, p.prev, line.below
        FROM line JOIN {{book}}.posting AS p ON p.id = line.prev WHERE p.version > line.below
    ), read AS (
        SELECT l.version, l.entry, l.amount, l.balance_after, e.*
        FROM line AS l CROSS JOIN LATERAL (
            SELECT kind, actor, effective_at, booked_at, reverses FROM {{book}}.entry WHERE id = l.entry OFFSET 0
        ) AS e
        WHERE l.version > %(above)s AND l.version <= %(seen)s AND e.effective_at < %(until)s
            AND (e.effective_at >= %(since)s OR l.version > %(told)s) AND {_KIND}
    )
"""
_SUMS: Final = f"""
    {_SUBTOTALS}, walk (posting, below) AS (
        SELECT posting, below FROM tail UNION ALL SELECT posting, first_line - 1 FROM subtotal WHERE wanted = 'part'
    ) {_READ}
    SELECT kind, sum(records)::bigint, sum(came)::bigint, sum(went)::bigint FROM (
        SELECT k.* FROM subtotal AS s
        CROSS JOIN LATERAL unnest(s.kinds, s.records, s.came, s.went) AS k (kind, records, came, went)
        WHERE s.wanted = 'whole' AND {_KIND}
        UNION ALL
        SELECT kind, 1, greatest(amount, 0), least(amount, 0) FROM read
    ) AS moved GROUP BY kind
"""
_COLUMNS: Final = (
    "r.version, r.entry, r.kind, r.actor, r.effective_at, r.booked_at, r.reverses, r.amount"
)
_INFO: Final = "coalesce((SELECT n.info FROM {book}.entry_note AS n WHERE n.entry = r.entry), '')"
# Newest first: as many subtotals are walked as hold the page; of one that is wanted in part, nobody knows how many.
_PAGE: Final = f"""
    {_SUBTOTALS}, counted AS (
        SELECT s.posting, s.first_line, s.last_line, s.wanted, (
                SELECT coalesce(sum(k.records), 0) FROM unnest(s.kinds, s.records) AS k (kind, records) WHERE {_KIND}
            ) AS records
        FROM subtotal AS s WHERE s.wanted <> 'none' AND s.first_line < %(before)s
    ), placed AS (
        SELECT posting, first_line, records, coalesce(sum(records) FILTER (WHERE wanted = 'whole' AND last_line < %(before)s) OVER (
                ORDER BY first_line DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS newer FROM counted
    ), walk (posting, below) AS (
        SELECT posting, below FROM tail WHERE below + 1 < %(before)s
        UNION ALL SELECT posting, first_line - 1 FROM placed WHERE records > 0 AND newer < %(limit)s
    ) {_READ}, page AS (
        SELECT * FROM read WHERE version < %(before)s ORDER BY version DESC LIMIT %(limit)s
    )
    SELECT {_COLUMNS}, r.balance_after, {_INFO} FROM page AS r ORDER BY r.version DESC
"""
_ALL: Final = f"""
    {_SUBTOTALS}, walk (posting, below) AS (
        SELECT posting, below FROM tail UNION ALL SELECT posting, first_line - 1 FROM subtotal WHERE wanted <> 'none'
    ) {_READ}, ran AS (
        SELECT *, (%(opening)s + sum(amount) OVER (ORDER BY effective_at, version))::bigint AS held FROM read
    )
    SELECT {_COLUMNS}, r.held, {_INFO} FROM ran AS r
    WHERE %(after)s::bigint IS NULL
        OR (r.effective_at, r.version) > (SELECT effective_at, version FROM ran WHERE version = %(after)s)
    ORDER BY r.effective_at, r.version LIMIT %(limit)s
"""
_NEWEST: Final = "SELECT version FROM {book}.account WHERE id = %(account)s"
_FIRST: Final = f"""
    {_SUBTOTALS}, walk (posting, below) AS (SELECT posting, below FROM tail) {_READ}
    SELECT least((SELECT min(from_at) FROM subtotal), (SELECT min(effective_at) FROM read))
"""


def sums_of(account: MerchantAccount, span: Span = Span()) -> list[Sums]:
    """Add up lines by the kind of their entries. One query.

    Source: B-06, E-11, E-16.
    """
    return [Sums(*row) for row in _rows(_SUMS, account, span)]


def newest_lines(account: MerchantAccount, span: Span, *, before: int, limit: int) -> list[Any]:
    """Read a page of lines in the order in which they were entered, newest first. One query.

    Each is: version, entry, kind, actor, moment of effect and of booking, reverses, amount, balance, info.

    Source: E-11; A39.
    """
    return _rows(_PAGE, account, span, before=before, limit=limit)


def lines_by_effect(
    account: MerchantAccount,
    span: Span,
    *,
    opening: int,
    after: int | None = None,
    limit: int | None = None,
) -> list[Any]:
    """Read lines in order of effect, each as `newest_lines` gives it, its balance as it runs on from ``opening``.

    Args:
        after: those that follow the line of this number. limit: at most so many; None is all.

    Source: B-28, E-16.
    """
    return _rows(_ALL, account, span, opening=opening, after=after, limit=limit)


def newest_line(account: MerchantAccount) -> int:
    """Give the number of the account's newest line, 0 before the first.

    Source: E-16.
    """
    ((version,),) = _rows(_NEWEST, account, Span())
    return int(version)


def first_effect(account: MerchantAccount) -> datetime | None:
    """Give the earliest moment at which a line took effect; None before the first line.

    Source: E-16.
    """
    ((moment,),) = _rows(_FIRST, account, Span())
    first: datetime | None = moment
    return first


def _rows(statement: str, account: MerchantAccount, span: Span, **values: Any) -> list[Any]:
    account_subtotal.add_up_if_long(account)
    asked = {
        "number": account.number,
        "account": account.account,
        "since": span.since,
        "until": span.until,
        "above": span.above,
        "seen": span.seen,
        "told": span.told,
        "kinds": None if span.kinds is None else list(span.kinds),
        "others": None if span.others is None else list(span.others),
        **values,
    }
    return Cursor(books.connection()).execute(ledger.MAIN.sql(statement), asked).fetchall()
