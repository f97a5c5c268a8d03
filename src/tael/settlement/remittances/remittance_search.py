"""Finding remittances: what either side has to confirm, and what became of the others.

Source: B-30 to B-32, E-14; peers-settlement-invest A14, A39, section 4.1; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Q, Sum

from tael import books
from tael.money import Money
from tael.settlement.accounts.merchant_account import MerchantAccount, account_from
from tael.settlement.models import Remittance

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

PAGE_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittancesWanted:
    """Which remittances are wanted; what is None or empty does not matter.

    Args:
        account: a merchant account. owner: the merchant. payer: merchant or platform.
        state: of SM-05. channel, flow_number: exactly. since, until: days of payment, both included.
        least, most: amounts in minor units of ``currency``.
    """

    account: int | None = None
    owner: int | None = None
    payer: str = ""
    state: str = ""
    currency: str = ""
    channel: str = ""
    flow_number: str = ""
    since: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None


class RemittanceView(NamedTuple):
    """A remittance with its account."""

    row: Remittance
    account: MerchantAccount

    @property
    def amount(self) -> Money:
        """Give what was paid, above zero."""
        return self.account.money(self.row.amount)

    @property
    def change(self) -> Money:
        """Give what the confirmation adds to the merchant's account, or takes from it."""
        sign = 1 if self.row.payer == "merchant" else -1
        return self.account.money(sign * self.row.amount)

    @property
    def receiver(self) -> str:
        """Name the side that confirms or disputes."""
        return "platform" if self.row.payer == "merchant" else "merchant"


class RemittanceTotal(NamedTuple):
    """What the remittances that a filter finds come to in one currency, and how many they are."""

    remittances: int
    by_merchants: Money
    by_platform: Money


def remittances(
    wanted: RemittancesWanted, *, limit: int = 50, before: int | None = None
) -> list[RemittanceView]:
    """List remittances, newest first. One query, however many there are.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: E-14; A14.
    """
    found = _found(wanted).select_related("account").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    return [view_of(row) for row in found[: min(max(limit, 1), PAGE_MAX)]]


def remittance_totals(wanted: RemittancesWanted) -> list[RemittanceTotal]:
    """Add up all remittances that a filter finds, by currency. One query.

    Source: A39.
    """
    rows = (
        _found(wanted)
        .values("account__currency")
        .annotate(
            count=Count("id"),
            merchants=Sum("amount", filter=Q(payer="merchant"), default=0),
            platform=Sum("amount", filter=Q(payer="platform"), default=0),
        )
        .order_by("account__currency")
    )
    known = books.currencies()
    return [
        RemittanceTotal(
            row["count"],
            Money(int(row["merchants"]), known[row["account__currency"]].currency),
            Money(int(row["platform"]), known[row["account__currency"]].currency),
        )
        for row in rows
    ]


def remittances_waiting(*, payer: str, owner: int | None = None) -> int:
    """Count the remittances that the other side of a payer has to confirm. One query.

    Args:
        owner: the merchant; None counts those of all.

    Source: B-31; peers-settlement-invest, section 4.1.
    """
    return _found(RemittancesWanted(payer=payer, state="declared", owner=owner)).count()


def view_of(row: Remittance) -> RemittanceView:
    """Give a remittance with its account, which was read with it.

    Source: E-14.
    """
    return RemittanceView(row, account_from(row.account))


def _found(wanted: RemittancesWanted) -> QuerySet[Remittance]:
    equal: dict[str, Any] = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency or None,
        "payer": wanted.payer or None,
        "state": wanted.state or None,
        "channel": wanted.channel or None,
        "flow_number": wanted.flow_number or None,
        "paid_on__gte": wanted.since,
        "paid_on__lte": wanted.until,
        "amount__gte": wanted.least,
        "amount__lte": wanted.most,
    }
    if "\0" in wanted.flow_number + wanted.channel:
        return Remittance.objects.none()  # in no text of the database
    named = {name: value for name, value in equal.items() if value is not None}
    return Remittance.objects.filter(**named)
