"""Finding money in suspense (待查款項): by type, owner and age, with totals of the whole filter.

Source: peers-settlement-invest A23, A39; I24.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F

from tael import books
from tael.money import Money
from tael.parties import actor as actors
from tael.parties.models import User
from tael.parties.role import permissions_of
from tael.wallet.models import GatewayPayment
from tael.wallet.suspense_case import MAY_OWN

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

PAGE_MAX: Final = 200
BANDS: Final[dict[str, tuple[int, int | None]]] = {
    "week": (0, 7),
    "month": (7, 30),
    "quarter": (30, 90),
    "old": (90, None),
}
"""Whole days since the money came: from, and below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseWanted:
    """Which items are wanted; what is None or empty does not matter.

    Args:
        type: of the types. owner: an actor, or "nobody". band: of ``BANDS``, counted at ``at``.
    """

    type: str = ""
    owner: str = ""
    band: str = ""
    currency: str = ""


class SuspenseTotal(NamedTuple):
    """What of one type, age and currency is in suspense: how many items, and how much."""

    type: str
    band: str
    items: int
    amount: Money


def suspense_items(
    wanted: SuspenseWanted, *, at: datetime, limit: int = 50, before: int | None = None
) -> list[GatewayPayment]:
    """List money in suspense, newest first. One query.

    Args:
        at: now, from which ages are counted. before: the number of the last one seen. limit: at most 200.

    Source: A23; I24.
    """
    rows = _found(wanted, at)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[: min(max(limit, 1), PAGE_MAX)])


def suspense_totals(wanted: SuspenseWanted, *, at: datetime) -> list[SuspenseTotal]:
    """Add up all that a filter finds, by type, age and currency; the books hold the sum of it (I24).

    Source: A23, A39.
    """
    known = books.currencies()
    sums: dict[tuple[str, str, str], tuple[int, int]] = {}
    rows = _found(wanted, at).values_list("suspense_type", "at", "currency", "amount", "refunded")
    for type_, came, currency, amount, refunded in rows.iterator():
        place = (currency, type_ or "", band_of(at, came))
        count, minor = sums.get(place, (0, 0))
        sums[place] = (count + 1, minor + amount - refunded)
    return [
        SuspenseTotal(type_, band, count, Money(minor, known[currency].currency))
        for (currency, type_, band), (count, minor) in sorted(sums.items(), key=_place)
    ]


def band_of(at: datetime, came: datetime) -> str:
    """Give the age band of money that came at a moment."""
    days = max((at - came).days, 0)
    return next(name for name, (_, below) in BANDS.items() if below is None or days < below)


def possible_owners() -> list[tuple[str, str]]:
    """Give actor and name of each of the staff who may look after money in suspense. One query.

    Source: A23.
    """
    rows = User.objects.filter(customer__isnull=True, disabled_at__isnull=True).order_by("name")
    return [
        (actors.of_user(row.pk), row.name)
        for row in rows
        if not permissions_of(row.roles).isdisjoint(MAY_OWN)
    ]


def _found(wanted: SuspenseWanted, at: datetime) -> QuerySet[GatewayPayment]:
    rows = GatewayPayment.objects.filter(
        movement="paid", wallet__isnull=True, refunded__lt=F("amount")
    )
    if wanted.type:
        rows = rows.filter(suspense_type=wanted.type)
    if wanted.owner == "nobody":
        rows = rows.filter(suspense_owner__isnull=True)
    elif wanted.owner:
        rows = rows.filter(suspense_owner=wanted.owner)
    if wanted.currency:
        rows = rows.filter(currency=wanted.currency)
    if wanted.band:
        since, below = BANDS[wanted.band]
        rows = rows.filter(at__lte=at - timedelta(days=since)) if since else rows
        rows = rows.filter(at__gt=at - timedelta(days=below)) if below else rows
    return rows


def _place(told: tuple[tuple[str, str, str], tuple[int, int]]) -> tuple[str, str, int]:
    currency, type_, band = told[0]
    return currency, type_, list(BANDS).index(band)
