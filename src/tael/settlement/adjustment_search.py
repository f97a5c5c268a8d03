"""Finding adjustments and collections of merchant accounts.

Source: B-25; peers-settlement-invest A15, A36, A39; reliability T24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael.settlement.merchant_account import MerchantAccount, account_from
from tael.settlement.models import Adjustment, Collection

if TYPE_CHECKING:
    from tael.money import Money

PAGE_MAX: Final = 200


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


def adjustments(
    *,
    account: int | None = None,
    owner: int | None = None,
    currency: str = "",
    limit: int = 50,
    before: int | None = None,
) -> list[AdjustmentView]:
    """List adjustments, newest first. One query.

    Args:
        account: of one merchant account. owner: of one merchant. limit: at most 200.
        before: the number of the last one seen.

    Source: A36.
    """
    rows = Adjustment.objects.select_related("account").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if owner is not None:
        rows = rows.filter(account__owner=owner)
    if currency:
        rows = rows.filter(account__currency=currency)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = rows[: min(max(limit, 1), PAGE_MAX)]
    return [AdjustmentView(row, account_from(row.account)) for row in found]


def collections(
    *,
    account: int | None = None,
    owner: int | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[CollectionView]:
    """List collections, newest first. One query.

    Args:
        account: of one merchant account. owner: of one merchant. limit: at most 200.
        before: the number of the last one seen.

    Source: B-25.
    """
    rows = Collection.objects.select_related("account").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if owner is not None:
        rows = rows.filter(account__owner=owner)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = rows[: min(max(limit, 1), PAGE_MAX)]
    return [CollectionView(row, account_from(row.account)) for row in found]
