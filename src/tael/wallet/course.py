"""The course of a wallet's figures over time, day by day, for a chart.

Source: F-22; B-28.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books, ledger
from tael.wallet.figures import Figures, figures_of

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from tael.wallet.wallet import Wallet

LINES_MAX: Final = 1000
"""Lines of each account that are read; a longer history begins where they begin."""


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
    connection = books.connection()
    moves: list[tuple[date, int, int]] = []
    balances: dict[int, int] = {}
    cut: date | None = None
    for account in wallet.accounts:
        lines = ledger.last_lines(connection, account, limit=LINES_MAX)
        if lines:
            balances[account] = lines[-1].balance - lines[-1].amount
        of_account = [
            (line.effective_at.astimezone(zone).date(), account, line.amount) for line in lines
        ]
        moves += of_account
        if lines and lines[-1].prev:  # it goes further back: its first day here may be half a day
            oldest = of_account[-1][0]
            cut = oldest if cut is None else max(cut, oldest)
    days = []
    for day, of_day in groupby(sorted(moves), key=lambda move: move[0]):
        for _, account, amount in of_day:
            balances[account] = balances.get(account, 0) + amount
        if cut is None or day > cut:  # what all three accounts cover
            days.append(DayEnd(day, figures_of(wallet, balances)))
    return Course(days, cut is None)
