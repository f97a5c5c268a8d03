"""The details (明細) of a merchant account: each line of its ledger account with what made it, and its balance after.

Nothing moves the account's amount but such a line, and the amount is their sum.

Source: B-01 to B-06, E-11; peers-settlement-invest A32, A39; I17, I19.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tael.money import Money
    from tael.settlement.merchant_account import MerchantAccount

PAGE_MAX: Final = 200
OTHER: Final = "other"
KIND_WORDS: Final = {
    "settlement.bill": "bill",
    "settlement.bill_void": "bill",
    "settlement.reserve": "reserve",
    "settlement.reserve_release": "reserve",
    "settlement.reserve_back": "reserve",
    "settlement.remittance": "remittance",
    "wallet.collect": "collection",
    "settlement.adjust": "adjustment",
    "settlement.withdraw": "withdrawal",
    "settlement.withdraw_back": "withdrawal",
    "settlement.bounce": "withdrawal",
}
"""What made a line, by the kind of its entry."""
WORDS: Final = (
    "bill",
    "reserve",
    "remittance",
    "collection",
    "adjustment",
    "withdrawal",
    OTHER,
)

# All lines of one account. Those of open leaves are found along `prev`, those of full ones by their index.
LINES: Final = """
    WITH RECURSIVE line AS (
        SELECT p.entry, p.version, p.amount, p.balance_after, p.prev, p.id
        FROM {book}.account AS a JOIN {book}.posting AS p ON p.id = a.last_posting
        WHERE a.id = %(account)s AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.entry, p.version, p.amount, p.balance_after, p.prev, p.id
        FROM line JOIN {book}.posting AS p ON p.id = line.prev WHERE line.prev >= %(indexed_below)s
    ), lines AS (
        SELECT entry, version, amount, balance_after FROM line
        UNION ALL
        SELECT entry, version, amount, balance_after FROM {book}.posting
        WHERE account = %(account)s AND id < %(indexed_below)s
    )
"""
_WANTED: Final = """
    FROM lines AS l JOIN {book}.entry AS e ON e.id = l.entry
    WHERE (%(kinds)s::text[] IS NULL OR e.kind = ANY(%(kinds)s::text[]))
        AND (%(others)s::text[] IS NULL OR e.kind <> ALL(%(others)s::text[]))
        AND (%(since)s::timestamptz IS NULL OR e.effective_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR e.effective_at < %(until)s::timestamptz)
"""
_PAGE: Final = f"""
    {LINES}
    SELECT l.version, l.entry, e.kind, e.actor, e.effective_at, e.booked_at, e.reverses, l.amount, l.balance_after,
        coalesce((SELECT n.info FROM {{book}}.entry_note AS n WHERE n.entry = l.entry), '')
    {_WANTED} AND (%(before)s::bigint IS NULL OR l.version < %(before)s::bigint)
    ORDER BY l.version DESC LIMIT %(limit)s
"""
_TOTALS: Final = f"""
    {LINES}
    SELECT count(*), coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0)::bigint,
        coalesce(sum(l.amount) FILTER (WHERE l.amount < 0), 0)::bigint
    {_WANTED}
"""
_DOCUMENTS: Final = """
    SELECT entry, number FROM settlement_bill WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT void_entry, number FROM settlement_bill WHERE void_entry = ANY(%(entries)s)
    UNION ALL SELECT entry, bill FROM settlement_reserve WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT release_entry, bill FROM settlement_reserve WHERE release_entry = ANY(%(entries)s)
    UNION ALL SELECT entry, id FROM settlement_remittance WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT entry, id FROM settlement_collection WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT entry, id FROM settlement_adjustment WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT entry, id FROM settlement_withdrawal WHERE entry = ANY(%(entries)s)
    UNION ALL SELECT closing_entry, id FROM settlement_withdrawal WHERE closing_entry = ANY(%(entries)s)
    UNION ALL SELECT bounce_entry, id FROM settlement_withdrawal WHERE bounce_entry = ANY(%(entries)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsWanted:
    """Which lines are wanted; what is None does not matter.

    Args:
        word: what made them, one of ``WORDS``.
        since: in effect at or after. until: in effect before.
    """

    word: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Detail(NamedTuple):
    """One line of a merchant account.

    Args:
        number: its place among the account's lines, from 1.
        word: what made it. document: the number of that bill, remittance, collection, adjustment or
            withdrawal; for a reserve, of its bill. None where no such document is known.
        kind: of the ledger entry. reverses: the entry that it takes back, if it does.
        amount: above zero into the account (入賬), below zero out of it (出賬). after: the account's amount then.
    """

    number: int
    entry: int
    kind: str
    word: str
    document: int | None
    actor: str
    effective_at: datetime
    booked_at: datetime
    reverses: int | None
    amount: Money
    after: Money
    info: str


class DetailTotals(NamedTuple):
    """What all lines of a filter come to: what came in, and what went out, which is not above zero."""

    lines: int
    came: Money
    went: Money


def account_details(
    account: MerchantAccount,
    wanted: DetailsWanted = DetailsWanted(),
    *,
    limit: int = 50,
    before: int | None = None,
) -> list[Detail]:
    """List the details of an account in the order in which they were entered, newest first. Two queries.

    Args:
        limit: at most 200. before: those below this number.

    Source: B-02, B-03, E-11; A39.
    """
    values = _values(account, wanted) | {
        "before": before,
        "limit": min(max(limit, 1), PAGE_MAX + 1),
    }
    return details_from(account, _rows(_PAGE, values))


def detail_totals(
    account: MerchantAccount,
    wanted: DetailsWanted = DetailsWanted(),
) -> DetailTotals:
    """Add up all details of a filter.

    Source: B-06, E-11; A39.
    """
    ((lines, came, went),) = _rows(_TOTALS, _values(account, wanted))
    return DetailTotals(lines, account.money(came), account.money(went))


def word_of(kind: str) -> str:
    """Name what made a line by the kind of its entry.

    >>> word_of("settlement.bill_void"), word_of("settlement.unheard_of")
    ('bill', 'other')

    Source: E-11.
    """
    return KIND_WORDS.get(kind, OTHER)


def details_from(account: MerchantAccount, rows: Sequence[Any]) -> list[Detail]:
    """Give the details of rows that were read: version, entry, kind, actor, moments, reverses, amount, balance, info.

    Source: E-11.
    """
    documents = documents_of(row[1] for row in rows)
    return [
        Detail(
            number=version,
            entry=entry,
            kind=kind,
            word=word_of(kind),
            document=documents.get(entry),
            actor=actor,
            effective_at=effective_at,
            booked_at=booked_at,
            reverses=reverses,
            amount=account.money(amount),
            after=account.money(after),
            info=info,
        )
        for version, entry, kind, actor, effective_at, booked_at, reverses, amount, after, info in rows
    ]


def documents_of(entries: Iterable[int]) -> dict[int, int]:
    """Give the number of the document that made each entry. One query.

    Source: E-11 (source document number).
    """
    asked = {"entries": list(entries)}
    return dict(Cursor(books.connection()).execute(_DOCUMENTS, asked).fetchall())


def _values(account: MerchantAccount, wanted: DetailsWanted) -> dict[str, Any]:
    others = wanted.word == OTHER
    kinds = [kind for kind, word in KIND_WORDS.items() if word == wanted.word]
    return {
        "account": account.account,
        "indexed_below": first_unindexed(books.connection()),
        "kinds": None if wanted.word is None or others else kinds,
        "others": list(KIND_WORDS) if others else None,
        "since": wanted.since,
        "until": wanted.until,
    }


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    return Cursor(books.connection()).execute(ledger.MAIN.sql(statement), values).fetchall()
