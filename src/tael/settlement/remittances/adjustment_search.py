"""Finding adjustments and collections of merchant accounts.

Source: B-25; peers-settlement-invest A15, A36, A39; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from django.db.models import Count, Model, Q, Sum

from tael import books
from tael.money import Money
from tael.settlement.accounts.merchant_account import MerchantAccount, account_from
from tael.settlement.models import Adjustment, Collection

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

PAGE_MAX: Final = 200
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentsWanted:
    """Which adjustments are wanted; what is None or empty does not matter.

    Args:
        account: a merchant account. owner: the merchant.
        since, until: made at or after, and before.
    """

    account: int | None = None
    owner: int | None = None
    currency: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionsWanted:
    """Which collections are wanted; what is None or empty does not matter.

    Args:
        account: a merchant account. owner: the merchant. wallet: from which it was taken.
        since, until: days of the collection in the zone of the account's terms, both included.
    """

    account: int | None = None
    owner: int | None = None
    wallet: int | None = None
    currency: str = ""
    since: date | None = None
    until: date | None = None


class AdjustmentView(NamedTuple):
    """An adjustment with its account."""

    row: Adjustment
    account: MerchantAccount

    @property
    def amount(self) -> Money:
        """Give the signed amount."""
        return self.account.money(self.row.amount)


class CollectionView(NamedTuple):
    """A collection with its account."""

    row: Collection
    account: MerchantAccount

    @property
    def amount(self) -> Money:
        """Give what was taken from the wallet, above zero."""
        return self.account.money(self.row.amount)


class MovesTotal(NamedTuple):
    """What all adjustments or collections of a filter come to in one currency.

    Args:
        came: into the account. went: out of it, not above zero.
    """

    currency: str
    moves: int
    came: Money
    went: Money

    @property
    def net(self) -> Money:
        """Give both together."""
        return self.came + self.went


def adjustments(
    wanted: AdjustmentsWanted = AdjustmentsWanted(), *, limit: int = 50, before: int | None = None
) -> list[AdjustmentView]:
    """List adjustments, newest first. One query.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: A36, A39.
    """
    rows = _page(_adjustments(wanted), limit, before)
    return [AdjustmentView(row, account_from(row.account)) for row in rows]


def adjustment_totals(wanted: AdjustmentsWanted) -> list[MovesTotal]:
    """Add up all adjustments that a filter finds, by currency. One query.

    Source: A36, A39.
    """
    return _totals(_adjustments(wanted))


def collections(
    wanted: CollectionsWanted = CollectionsWanted(), *, limit: int = 50, before: int | None = None
) -> list[CollectionView]:
    """List collections, newest first. One query.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: B-25; A39.
    """
    rows = _page(_collections(wanted), limit, before)
    return [CollectionView(row, account_from(row.account)) for row in rows]


def collection_totals(wanted: CollectionsWanted) -> list[MovesTotal]:
    """Add up all collections that a filter finds, by currency. One query.

    Source: B-25; A39.
    """
    return _totals(_collections(wanted))


def _adjustments(wanted: AdjustmentsWanted) -> QuerySet[Adjustment]:
    given = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency or None,
        "made_at__gte": wanted.since,
        "made_at__lt": wanted.until,
    }
    return Adjustment.objects.filter(**_asked(given))


def _collections(wanted: CollectionsWanted) -> QuerySet[Collection]:
    given = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency or None,
        "wallet": wanted.wallet,
        "day__gte": wanted.since,
        "day__lte": wanted.until,
    }
    return Collection.objects.filter(**_asked(given))


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _page(found: QuerySet[Row], limit: int, before: int | None) -> QuerySet[Row]:
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.select_related("account").order_by("-pk")[: min(max(limit, 1), PAGE_MAX)]


def _totals(found: QuerySet[Any]) -> list[MovesTotal]:
    sums = (
        found.order_by("account__currency")
        .values("account__currency")
        .annotate(
            moves=Count("pk"),
            came=Sum("amount", filter=Q(amount__gt=0), default=0),
            went=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )
    known = books.currencies()
    totals = []
    for row in sums:
        code = row["account__currency"]
        unit = known[code].currency
        came, went = Money(int(row["came"]), unit), Money(int(row["went"]), unit)
        totals.append(MovesTotal(code, row["moves"], came, went))
    return totals
