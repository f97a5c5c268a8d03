"""A payout explained to the cent: what was there after the last one, every account detail since, and what is left.

Source: peers-settlement-invest A32, H1; B-03, B-06, B-37.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.money import Money
from tael.settlement.accounts.account_details import Part, details_from, parts_of
from tael.settlement.accounts.account_lines import Span, newest_lines

if TYPE_CHECKING:
    from tael.settlement.accounts.account_details import Detail
    from tael.settlement.payouts.withdrawal_search import WithdrawalSeen

SHOWN_MAX: Final = 200

_THIS: Final = """
    SELECT p.version, p.amount, p.balance_after FROM {book}.entry AS e
    JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs
    WHERE e.id = %(entry)s AND p.account = %(account)s
"""
_WITHDRAWAL: Final = "SELECT id FROM settlement_withdrawal WHERE entry = %(entry)s"
_PAID_OUT: Final = Span(kinds=("settlement.withdraw",))


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
    parts: list[Part]
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
    """Explain a payout by the account's own lines; nothing that moved the account is left out. A fixed number of queries.

    Args:
        limit: so many details are given; the parts are of all of them.

    Source: A32; B-03, B-06.
    """
    account = seen.account
    entry = {"entry": seen.row.entry, "account": account.account}
    ((version, amount, left),) = _rows(_THIS, **entry)
    after, opening, previous = 0, 0, None
    for last in details_from(account, newest_lines(account, _PAID_OUT, before=version, limit=1)):
        after, opening = last.number, last.after.minor
        previous = next((number for (number,) in _rows(_WITHDRAWAL, entry=last.entry)), None)
    between = Span(above=after, seen=version - 1)
    parts = parts_of(account, between)
    moved = sum(part.came.minor + part.went.minor for part in parts)
    first_ones = min(version, after + 1 + limit)  # lines are numbered without a gap
    rows = newest_lines(account, between, before=first_ones, limit=limit)
    return Explained(
        opening=account.money(opening),
        previous=previous,
        parts=parts,
        details=details_from(account, rows[::-1]),
        lines=sum(part.lines for part in parts),
        there=account.money(opening + moved),
        amount=account.money(-amount),
        left=account.money(left),
        fee=seen.fee,
        net=seen.net,
    )


def _rows(statement: str, **values: Any) -> list[Any]:
    return Cursor(books.connection()).execute(ledger.MAIN.sql(statement), values).fetchall()
