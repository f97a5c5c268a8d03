"""The course of a wallet's figures over time, day by day, for a chart.

Source: F-22; B-28.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.wallet.figures import Figures, figures_of

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from tael.wallet.wallet import Wallet

LINES_MAX: Final = 1000
"""Lines of each account that are read; a longer history begins where they begin."""

# The newest lines of each account, walked along prev; the last row of each is its oldest. Of the moment only the
# second since 1970, because reading 3,000 moments takes as long as the rest.
_NEWEST: Final = """
    WITH RECURSIVE line (account, entry, amount, balance, prev, step) AS (
        SELECT p.account, p.entry, p.amount, p.balance_after, p.prev, 1
        FROM {book}.account AS a JOIN {book}.posting AS p ON p.id = a.last_posting
        WHERE a.id = ANY(%(accounts)s)
        UNION ALL
        SELECT p.account, p.entry, p.amount, p.balance_after, p.prev, line.step + 1
        FROM line JOIN {book}.posting AS p ON p.id = line.prev WHERE line.step < %(limit)s
    )
    SELECT l.account, floor(extract(epoch FROM e.effective_at))::bigint, l.amount, l.balance, l.prev
    FROM line AS l JOIN {book}.entry AS e ON e.id = l.entry ORDER BY l.step
"""


class DayEnd(NamedTuple):
    """What a wallet held at the end of a day."""

    day: date
    figures: Figures


class Course(NamedTuple):
    """The days on which something moved, oldest first.

    Args:
        whole: False where the history goes further back than was read.
    """

    days: list[DayEnd]
    whole: bool


def course_of(wallet: Wallet, *, zone: tzinfo) -> Course:
    """Give what a wallet held at the end of each day on which something took effect.

    By date of effect: what was booked later for an earlier day counts from that day.

    Args:
        zone: in which days begin.

    Source: F-22; B-28.
    """
    asked = {"accounts": list(wallet.accounts), "limit": LINES_MAX}
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(_NEWEST), asked).fetchall()
    moves = [
        (datetime.fromtimestamp(second, zone).date(), account, amount)
        for account, second, amount, *_ in rows
    ]
    oldest = {
        account: (day, balance - amount, prev)
        for (day, _, _), (account, _, amount, balance, prev) in zip(moves, rows, strict=True)
    }
    balances = {account: before for account, (_, before, _) in oldest.items()}
    # an account that goes further back: its first day here may be half a day
    cut = max((day for day, _, prev in oldest.values() if prev), default=None)
    days = []
    for day, of_day in groupby(sorted(moves), key=lambda move: move[0]):
        for _, account, amount in of_day:
            balances[account] = balances.get(account, 0) + amount
        if cut is None or day > cut:  # what all three accounts cover
            days.append(DayEnd(day, figures_of(wallet, balances)))
    return Course(days, cut is None)
