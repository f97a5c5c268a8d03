"""Reads of withdrawal applications, for pages and programs.

Source: F-33, A-F27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.payouts.models import Withdrawal

if TYPE_CHECKING:
    from tael.payouts.lifecycle import WithdrawalState

PAGE_MAX = 200


def withdrawals(
    *,
    state: WithdrawalState | None = None,
    owner: int | None = None,
    wallet: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Withdrawal]:
    """List applications, newest first.

    Args:
        before: the number of the last one seen; None starts at the newest.
        limit: at most 200.

    Source: F-33.
    """
    rows = Withdrawal.objects.order_by("-pk")
    if state is not None:
        rows = rows.filter(state=state.value)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if wallet is not None:
        rows = rows.filter(wallet=wallet)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: min(max(limit, 1), PAGE_MAX)])
