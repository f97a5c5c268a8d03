"""Finding the payee accounts of all customers, for those who review withdrawals.

Source: E-07, A-F16.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from django.db.models import Q

from tael.parties.models import Payee

PAGE_MAX: Final = 200


def payees_found(
    *,
    text: str = "",
    customer: int | None = None,
    kind: str = "",
    state: Literal["", "active", "closed"] = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Payee]:
    """List payee accounts with their customers, newest first.

    Args:
        text: part of the holder's or the customer's name.
        before: the number of the last one seen.
        limit: at most 200.

    Source: E-07.
    """
    asked: dict[str, Any] = {}
    if customer is not None:
        asked["customer"] = customer
    if kind:
        asked["kind"] = kind
    if state:
        asked["active"] = state == "active"
    if before is not None:
        asked["pk__lt"] = before
    rows = Payee.objects.filter(**asked).select_related("customer")
    if text:
        rows = rows.filter(Q(holder__icontains=text) | Q(customer__name__icontains=text))
    return list(rows.order_by("-pk")[: min(max(limit, 1), PAGE_MAX)])


def payee_of(number: int | None) -> Payee | None:
    """Give a payee account with its details, also a closed one; None if there is none.

    Source: A-F16.
    """
    return None if number is None else Payee.objects.filter(pk=number).first()
