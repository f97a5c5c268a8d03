"""Reads of withdrawal applications and check limits, for pages and programs.

Source: F-33, A-F27; I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Count

from tael.payouts.models import CheckLimit, Withdrawal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.payouts.lifecycle import WithdrawalState

PAGE_MAX = 200

_LIMITS: Final = """
    SELECT DISTINCT ON (currency) id, currency, amount, set_at, set_by, written_at
    FROM payouts_check_limit ORDER BY currency, id DESC
"""


def withdrawals(
    *,
    state: WithdrawalState | None = None,
    owner: int | None = None,
    wallet: int | None = None,
    currency: str | None = None,
    least: int | None = None,
    most: int | None = None,
    applied_until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Withdrawal]:
    """List applications, newest first.

    Args:
        least: in minor units, as is ``most``; both are included.
        applied_until: those that have waited since this moment or longer.
        before: the number of the last one seen; None starts at the newest.
        limit: at most 200.

    Source: F-33.
    """
    wanted = {
        "state": None if state is None else state.value,
        "owner": owner,
        "wallet": wallet,
        "currency": currency,
        "amount__gte": least,
        "amount__lte": most,
        "applied_at__lte": applied_until,
        "pk__lt": before,
    }
    asked = {name: value for name, value in wanted.items() if value is not None}
    rows = Withdrawal.objects.filter(**asked).order_by("-pk")
    return list(rows[: min(max(limit, 1), PAGE_MAX)])


def withdrawals_waiting() -> dict[str, int]:
    """Count the open applications by their state.

    Source: F-33; I32.
    """
    open_ones = Withdrawal.objects.filter(state__in=["applied", "reviewed"])
    counted = open_ones.order_by().values_list("state").annotate(Count("pk"))
    return {"applied": 0, "reviewed": 0} | dict(counted)


def check_limits() -> list[CheckLimit]:
    """List the limit of each currency that is in force, by code.

    Source: I32.
    """
    return list(CheckLimit.objects.raw(_LIMITS))


def check_limit_history(
    *, currency: str, before: int | None = None, limit: int = 50
) -> list[CheckLimit]:
    """List the limits of a currency, newest first.

    Source: I32.
    """
    rows = CheckLimit.objects.filter(currency=currency).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: min(max(limit, 1), PAGE_MAX)])
