"""Finding recharge orders, what the gateways said of them, and what they paid; never a query per row.

Source: F-25, SM-01; reliability, section 3a (callback verdicts), T8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Q

from tael.refusal import Because, Refusal
from tael.wallet.models import GatewayNotice, GatewayPayment, RechargeOrder, SuspenseProposal
from tael.wallet.recharge_order import PREFIX
from tael.wallet.recharge_tables import LOOK_INTO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PAGE_MAX: Final = 200


class UnknownNotice(Refusal):
    """There is no gateway notice of this number."""

    code = "unknown_notice"
    because: ClassVar[Because] = "absent"
    rule = "F-25"
    remedy = "Check the number in the list of notices."


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersWanted:
    """Which orders are wanted; what is None or empty does not matter.

    Args:
        number: the order's own number, its serial number, or one of the gateway's, exactly.
        least: in minor units, as is ``most``; both are included.
        since: created then or later. until: created before.
    """

    number: str = ""
    state: str = ""
    owner: int | None = None
    channel: str = ""
    currency: str = ""
    least: int | None = None
    most: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def orders_found(
    wanted: OrdersWanted, *, before: int | None = None, limit: int = 50
) -> list[RechargeOrder]:
    """List the wanted orders, newest first.

    Args:
        before: the number of the last one seen.
        limit: at most 200.

    Source: F-25.
    """
    asked = _said(
        state=wanted.state,
        owner=wanted.owner,
        channel=wanted.channel,
        currency=wanted.currency,
        amount__gte=wanted.least,
        amount__lte=wanted.most,
        created_at__gte=wanted.since,
        created_at__lt=wanted.until,
        pk__lt=before,
    )
    rows = RechargeOrder.objects.filter(**asked)
    if wanted.number:
        digits = wanted.number.removeprefix(PREFIX)
        own = (
            Q(pk=int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 19 else Q()
        )
        given = Q(sno=wanted.number) | Q(pno=wanted.number) | Q(gateway_number=wanted.number)
        rows = rows.filter(own | given if own else given)
    return list(rows.order_by("-pk")[: _page(limit)])


def notices_of(order: int) -> list[GatewayNotice]:
    """List everything that a gateway said about one order, oldest first, at most 200.

    Source: F-25; I23.
    """
    return list(GatewayNotice.objects.filter(order=order).order_by("pk")[:PAGE_MAX])


def payments_of(order: int) -> list[GatewayPayment]:
    """List what came in for one order and what went back, oldest first, at most 200.

    Source: I22.
    """
    return list(GatewayPayment.objects.filter(order=order).order_by("pk")[:PAGE_MAX])


def notices_found(
    *,
    verdict: str = "",
    to_look_into: bool = False,
    gateway: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[GatewayNotice]:
    """List what the gateways have sent, newest first, without the raw text.

    Args:
        to_look_into: only those that a person has to look into and that are in no other list.

    Source: reliability, section 3a.
    """
    asked = _said(
        verdict=verdict,
        verdict__in=LOOK_INTO if to_look_into else (),
        gateway=gateway,
        received_at__gte=since,
        received_at__lt=until,
        pk__lt=before,
    )
    rows = GatewayNotice.objects.filter(**asked).defer("raw", "headers")
    return list(rows.order_by("-pk")[: _page(limit)])


def notices_to_look_into(*, since: datetime) -> int:
    """Count the notices since then that a person has to look into and that are in no other list.

    Source: reliability, section 3a (callback verdicts); peers-settlement-invest, section 4.1 (home).
    """
    return GatewayNotice.objects.filter(verdict__in=LOOK_INTO, received_at__gte=since).count()


def notice(number: int) -> GatewayNotice:
    """Give one notice as it came.

    Raises:
        UnknownNotice: there is none.

    Source: I23.
    """
    found = GatewayNotice.objects.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        message = "There is no such notice."
        raise UnknownNotice(message, field="notice", there=str(number)[:32])
    return found


def payments_numbered(number: str, *, gateway: str) -> int:
    """Count the payments over a gateway that have a number, or it with a further count behind a colon.

    Source: A23.
    """
    rows = GatewayPayment.objects.filter(gateway=gateway, movement="paid")
    return rows.filter(Q(number=number) | Q(number__startswith=f"{number}:")).count()


def proposals_of(payments: Iterable[int]) -> dict[int, list[SuspenseProposal]]:
    """Give what was proposed for payments in suspense, newest first, by payment.

    Source: I24, I32.
    """
    found: dict[int, list[SuspenseProposal]] = {}
    for row in SuspenseProposal.objects.filter(payment__in=list(payments)).order_by("-pk"):
        found.setdefault(row.payment, []).append(row)
    return found


def _said(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value not in {None, "", ()}}


def _page(limit: int) -> int:
    return min(max(limit, 1), PAGE_MAX)
