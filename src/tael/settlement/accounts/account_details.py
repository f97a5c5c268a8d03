"""The details (明細) of a merchant account: each line of its ledger account with what made it, and its balance after.

Nothing moves the account's amount but such a line, and the amount is their sum.

Source: B-01 to B-06, E-11; peers-settlement-invest A32, A39; I17, I19.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books
from tael.settlement.accounts.account_lines import (
    BEGINNING,
    END,
    NEWEST,
    Span,
    newest_lines,
    sums_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

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


class Part(NamedTuple):
    """What the lines of one word came to; ``went`` is not above zero."""

    word: str
    lines: int
    came: Money
    went: Money


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
    """List the details of an account in the order in which they were entered, newest first. A fixed number of queries.

    Args:
        limit: at most 200. before: those below this number.

    Source: B-02, B-03, E-11; A39.
    """
    rows = newest_lines(
        account,
        _span(wanted),
        before=NEWEST if before is None else before,
        limit=min(max(limit, 1), PAGE_MAX + 1),
    )
    return details_from(account, rows)


def detail_totals(
    account: MerchantAccount,
    wanted: DetailsWanted = DetailsWanted(),
) -> DetailTotals:
    """Add up all details of a filter.

    Source: B-06, E-11; A39.
    """
    found = sums_of(account, _span(wanted))
    return DetailTotals(
        sum(one.lines for one in found),
        account.money(sum(one.came for one in found)),
        account.money(sum(one.went for one in found)),
    )


def parts_of(account: MerchantAccount, span: Span) -> list[Part]:
    """Add up lines by what made them; words without a line are left out.

    Source: B-28; A32.
    """
    moved: dict[str, list[int]] = {}
    for kind, *sums in sums_of(account, span):
        so_far = moved.setdefault(word_of(kind), [0, 0, 0])
        so_far[:] = [one + other for one, other in zip(so_far, sums, strict=True)]
    return [
        Part(word, lines, account.money(came), account.money(went))
        for word in WORDS
        if word in moved
        for lines, came, went in [moved[word]]
    ]


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


def _span(wanted: DetailsWanted) -> Span:
    others = wanted.word == OTHER
    kinds = tuple(kind for kind, word in KIND_WORDS.items() if word == wanted.word)
    return Span(
        since=wanted.since or BEGINNING,
        until=wanted.until or END,
        kinds=None if wanted.word is None or others else kinds,
        others=tuple(KIND_WORDS) if others else None,
    )
