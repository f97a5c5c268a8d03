"""What of the withdrawal applications waits for a person, counted.

Source: peers-settlement-invest, section 4.1 (home); F-33, I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, Sum

from tael import books
from tael.money import Money
from tael.payouts.lifecycle import WITHDRAWAL
from tael.payouts.models import Withdrawal

if TYPE_CHECKING:
    from tael.payouts.lifecycle import WithdrawalState

OPEN: Final[frozenset[WithdrawalState]] = frozenset(state for state, _ in WITHDRAWAL.moves)


class WaitingSum(NamedTuple):
    """How many applications in one state and currency wait, and for how much money."""

    state: str
    applications: int
    amount: Money


def waiting_withdrawals() -> list[WaitingSum]:
    """Count the applications that somebody has to decide on, by state and currency; one query.

    Source: peers-settlement-invest, section 4.1.
    """
    rows = (
        Withdrawal.objects.filter(state__in=sorted(state.value for state in OPEN))
        .values_list("state", "currency")
        .annotate(Count("pk"), Sum("amount"))
        .order_by("state", "currency")
    )
    known = books.currencies()
    return [
        WaitingSum(state, count, Money(int(amount), known[code].currency))
        for state, code, count, amount in rows
    ]


def has_withdrawal(number: int) -> bool:
    """Tell whether there is an application of this number.

    Source: peers-settlement-invest, section 4.3 (jump by any number).
    """
    return 0 < number < 2**63 and Withdrawal.objects.filter(pk=number).exists()
