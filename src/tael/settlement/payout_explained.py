"""A payout explained to the cent: what was there after the last one, every account detail since, and what is left.

Source: peers-settlement-invest A32, H1; B-03, B-06, B-37.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.money import Money
from tael.settlement.account_details import LINES, WORDS, details_from, word_of

if TYPE_CHECKING:
    from tael.settlement.account_details import Detail
    from tael.settlement.withdrawal_search import WithdrawalSeen

SHOWN_MAX: Final = 200

_THIS: Final = f"""
    {LINES}, this AS (SELECT version, amount, balance_after FROM lines WHERE entry = %(entry)s),
    last AS (
        SELECT l.version, l.balance_after, l.entry FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry
        WHERE e.kind = 'settlement.withdraw' AND l.version < (SELECT version FROM this)
        ORDER BY l.version DESC LIMIT 1
    )
    SELECT this.version, this.amount, this.balance_after,
        coalesce(last.version, 0), coalesce(last.balance_after, 0),
        (SELECT w.id FROM settlement_withdrawal AS w WHERE w.entry = last.entry)
    FROM this LEFT JOIN last ON true
"""
_SUMS: Final = f"""
    {LINES}
    SELECT e.kind, count(*), coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0)::bigint,
        coalesce(sum(l.amount) FILTER (WHERE l.amount < 0), 0)::bigint
    FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry
    WHERE l.version > %(after)s AND l.version < %(before)s GROUP BY e.kind
"""
_LINES: Final = f"""
    {LINES}
    SELECT l.version, l.entry, e.kind, e.actor, e.effective_at, e.booked_at, e.reverses, l.amount, l.balance_after,
        coalesce((SELECT n.info FROM {{book}}.entry_note AS n WHERE n.entry = l.entry), '')
    FROM lines AS l JOIN {{book}}.entry AS e ON e.id = l.entry
    WHERE l.version > %(after)s AND l.version < %(before)s ORDER BY l.version LIMIT %(limit)s
"""


class PartSince(NamedTuple):
    """What the details of one kind since the last payout come to; ``went`` is not above zero."""

    word: str
    lines: int
    came: Money
    went: Money


class Explained(NamedTuple):
    """Why a payout is as high as it is.

    Args:
        opening: what the account held after the payout before, ``previous``; 0 before the first one.
        parts: the details since by what made them, all of them. details: the first of them, oldest first.
        lines: how many there are.
        there: what the account held before this payout. amount: what left it. left: what the books say
            it held after. fee, net: amount = fee + net.
    """

    opening: Money
    previous: int | None
    parts: list[PartSince]
    details: list[Detail]
    lines: int
    there: Money
    amount: Money
    left: Money
    fee: Money
    net: Money

    @property
    def came(self) -> Money:
        """Give what came in since the last payout."""
        return sum((part.came for part in self.parts), Money(0, self.amount.currency))

    @property
    def went(self) -> Money:
        """Give what went out since the last payout, not above zero."""
        return sum((part.went for part in self.parts), Money(0, self.amount.currency))

    @property
    def adds_up(self) -> bool:
        """Tell whether opening and details less this payout are what the books say is left.

        Source: A32.
        """
        return self.there - self.amount == self.left and self.amount == self.fee + self.net


def payout_explained(seen: WithdrawalSeen, *, limit: int = SHOWN_MAX) -> Explained:
    """Explain a payout by the account's own lines; nothing that moved the account is left out. Four queries.

    Args:
        limit: so many details are given; the parts are of all of them.

    Source: A32; B-03, B-06.
    """
    account = seen.account
    ((version, amount, left, after, opening, previous),) = _rows(
        _THIS, account.account, entry=seen.row.entry
    )
    between = {"after": after, "before": version}
    parts: dict[str, PartSince] = {}
    for kind, lines, came, went in _rows(_SUMS, account.account, **between):
        word = word_of(kind)
        before = parts.get(word, PartSince(word, 0, account.money(0), account.money(0)))
        parts[word] = PartSince(
            word,
            before.lines + lines,
            before.came + account.money(came),
            before.went + account.money(went),
        )
    ordered = [parts[word] for word in WORDS if word in parts]
    moved = sum(part.came.minor + part.went.minor for part in ordered)
    rows = _rows(_LINES, account.account, limit=limit, **between)
    return Explained(
        opening=account.money(opening),
        previous=previous,
        parts=ordered,
        details=details_from(account, rows),
        lines=sum(part.lines for part in ordered),
        there=account.money(opening + moved),
        amount=account.money(-amount),
        left=account.money(left),
        fee=seen.fee,
        net=seen.net,
    )


def _rows(statement: str, account: int, **values: Any) -> list[Any]:
    connection = books.connection()
    asked = {"account": account, "indexed_below": first_unindexed(connection), **values}
    return Cursor(connection).execute(ledger.MAIN.sql(statement), asked).fetchall()
