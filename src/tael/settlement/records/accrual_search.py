"""Finding business records: one query object for the page, the API, the terminal and files.

Source: B-08, B-16, E-12; peers-settlement-invest A12, A39; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, Q, Sum

from tael import books
from tael.money import Money
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.models import Accrual, BusinessKind, Source
from tael.settlement.records.accrual import UnknownAccrual

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.lifecycles import AccrualState

TOTALED: Final = 50_000
"""So many records, the newest of a filter, the sums of a page take; the sums of a file take all."""
PAGE_MAX: Final = 1000
NUMBER_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualsWanted:
    """Which business records are wanted; what is None or empty does not matter.

    Args:
        account, owner: numbers of a merchant account and of a merchant.
        source, kind: codes. number: a business number, or the one that is reversed.
        type: "normal" or "reversal". origin: at_once, import or check.
        settled: whether a bill has taken it (B-16). bill: the number of that bill.
        since, until: days by which it is billed, both included.
    """

    account: int | None = None
    owner: int | None = None
    currency: str = ""
    source: str = ""
    kind: str = ""
    number: str = ""
    type: str = ""
    state: AccrualState | None = None
    origin: str = ""
    settled: bool | None = None
    bill: int | None = None
    since: date | None = None
    until: date | None = None


class AccrualView(NamedTuple):
    """A business record with its account, its amounts as money, and what its kind and source are called."""

    row: Accrual
    account: MerchantAccount
    unit: str
    kind_names: dict[str, str]
    source_name: str

    @property
    def amount(self) -> Money:
        """Give the signed amount."""
        return self.account.money(self.row.amount)

    @property
    def gross(self) -> Money | None:
        """Give the value of which the amount is a share."""
        return None if self.row.gross is None else self.account.money(self.row.gross)

    @property
    def reversed(self) -> Money:
        """Give how much of it has been taken back, >= 0."""
        return self.account.money(self.row.reversed)

    @property
    def left(self) -> Money:
        """Give how much of it can still be taken back, >= 0."""
        return self.account.money(abs(self.row.amount) - self.row.reversed)

    @property
    def quantity(self) -> str:
        """Write the quantity without idle zeros, or nothing."""
        return plain_quantity(self.row.quantity)

    @property
    def reversible(self) -> bool:
        """Tell whether something of it can be reversed."""
        return self.row.type == "normal" and self.row.state == "confirmed" and bool(self.left.minor)


class AccrualTotal(NamedTuple):
    """What the records that a filter finds add up to in one currency."""

    records: int
    income: Money
    expense: Money

    @property
    def net(self) -> Money:
        """Give income and expense together."""
        return self.income + self.expense


def accruals(
    wanted: AccrualsWanted, *, limit: int = 50, before: int | None = None
) -> list[AccrualView]:
    """List business records, newest first. Three queries, however many there are.

    Args:
        limit: at most 1,000. before: the number (id) of the last one seen.

    Source: B-08, E-12.
    """
    found = _found(wanted).select_related("account").order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return _views(list(found[: min(max(limit, 1), PAGE_MAX)]))


def accrual_totals(wanted: AccrualsWanted, *, most: int | None = None) -> list[AccrualTotal]:
    """Add up the records that a filter finds, by currency.

    Records that have failed stand in the list and count for nothing here.

    Args:
        most: only the newest so many; a page does not wait until millions are added up.

    Source: B-08; A39.
    """
    counted = _found(wanted).exclude(state="failed")
    if most is not None:
        beyond = counted.order_by("-id").values_list("id", flat=True)[most : most + 1]
        counted = counted.filter(pk__gt=next(iter(beyond), 0))
    rows = (
        counted.values("account__currency")
        .annotate(
            records=Count("id"),
            income=Sum("amount", filter=Q(amount__gt=0), default=0),
            expense=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
        .order_by("account__currency")
    )
    return [
        AccrualTotal(
            row["records"],
            Money(int(row["income"]), books.currencies()[row["account__currency"]].currency),
            Money(int(row["expense"]), books.currencies()[row["account__currency"]].currency),
        )
        for row in rows
    ]


def cut_off(totals: list[AccrualTotal], most: int) -> bool:
    """Tell whether sums of at most so many records may have left older ones out.

    Source: A39.
    """
    return sum(one.records for one in totals) >= most


def accrual_view(number: int, *, owner: int | None = None) -> AccrualView:
    """Give one business record by its number in Tael.

    Args:
        owner: the merchant who asks; another's record is as none.

    Raises:
        UnknownAccrual: there is none.

    Source: E-12; reliability T14.
    """
    found = Accrual.objects.select_related("account").filter(pk=number)
    if owner is not None:
        found = found.filter(account__owner=owner)
    rows = list(found) if 0 < number <= NUMBER_MAX else []
    if not rows:
        message = "There is no such business record."
        raise UnknownAccrual(message, field="record", there=str(number)[:20])
    return _views(rows)[0]


def by_business_number(source: str, kind: str, number: str) -> AccrualView:
    """Give one business record by its source, kind and business number.

    Raises:
        UnknownAccrual: there is none.

    Source: B-10, B-15.
    """
    asked = (source, kind, number)
    there = not any("\0" in each for each in asked)
    found = Accrual.objects.filter(source=source, kind=kind, number=number)
    rows = list(found.select_related("account")) if there else []
    if not rows:
        message = "There is no such business record."
        said = ascii(" ".join(asked))[1:-1][:100]
        raise UnknownAccrual(message, field="number", there=said)
    return _views(rows)[0]


def reversals_of(number: int) -> list[AccrualView]:
    """List the reversals of a record, oldest first.

    Source: B-10, B-13.
    """
    found = Accrual.objects.select_related("account").filter(reverses=number).order_by("id")
    return _views(list(found[:PAGE_MAX]))


def plain_quantity(quantity: object) -> str:
    """Write a quantity without idle zeros.

    >>> from decimal import Decimal
    >>> plain_quantity(Decimal("12.500000")), plain_quantity(None)
    ('12.5', '')
    """
    if quantity is None:
        return ""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _found(wanted: AccrualsWanted) -> QuerySet[Accrual]:
    named = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency or None,
        "source": wanted.source or None,
        "kind": wanted.kind or None,
        "type": wanted.type or None,
        "state": wanted.state,
        "origin": wanted.origin or None,
        "bill": wanted.bill,
        "day__gte": wanted.since,
        "day__lte": wanted.until,
    }
    found = Accrual.objects.filter(**{name: it for name, it in named.items() if it is not None})
    if wanted.settled is not None:
        found = found.filter(bill__isnull=not wanted.settled)
    if wanted.number:
        found = found.filter(_numbered(wanted.number))
    return found


def _numbered(number: str) -> Q:
    if "\0" in number:
        return Q(pk__in=[])  # in no text of the database
    # the index of numbers begins with source and kind, of which there are few: each of them is asked for
    sources, kinds = (
        list(one.objects.values_list("code", flat=True)) for one in (Source, BusinessKind)
    )
    there = Accrual.objects.filter(source__in=sources, kind__in=kinds, number=number)
    meant = list(there.values_list("id", flat=True))
    return Q(pk__in=meant) | Q(reverses__in=meant)


def _views(rows: list[Accrual]) -> list[AccrualView]:
    kinds = BusinessKind.objects.only("code", "unit", "names").in_bulk(
        {row.kind_id for row in rows}
    )
    sources = Source.objects.only("code", "name").in_bulk({row.source_id for row in rows})
    return [
        AccrualView(
            row,
            account_from(row.account),
            kinds[row.kind_id].unit,
            kinds[row.kind_id].names,
            sources[row.source_id].name,
        )
        for row in rows
    ]
