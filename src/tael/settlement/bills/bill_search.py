"""Finding bills (賬單): by merchant, account, period, state and amount; and one bill with all that it rests on.

One question feeds the page, the API, the command line and the file, so that all give the same rows.

Source: B-17, B-18, B-22, B-23, E-13; peers-settlement-invest A10 to A12, A39.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, Q, Sum

from tael import books
from tael.money import Money
from tael.parties.queries import customer_names
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.bills.bill import UnknownBill
from tael.settlement.bills.bill import bill as find_bill
from tael.settlement.bills.bill_making import lines_of
from tael.settlement.lifecycles import BILL, BillState
from tael.settlement.models import Bill, BillRunItem, BusinessKind, Reserve, Terms
from tael.settlement.records.accrual_search import AccrualsWanted, plain_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from django.db.models import QuerySet

    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200
STATES: Final = tuple(state.value for state in BILL.states)
MAIN_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillsWanted:
    """Which bills are wanted; what is None does not matter.

    Args:
        owner: the merchant. run: made by this run.
        since, until: the last day of the period is within these days, both included.
        least, most: bounds of the total, in signed minor units; they mean something with a currency only.
        issued: only those that have been issued, also if void since: what a merchant sees of his own.
    """

    account: int | None = None
    owner: int | None = None
    currency: str | None = None
    state: str | None = None
    since: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None
    run: int | None = None
    issued: bool = False


class BillSeen(NamedTuple):
    """A bill in a list."""

    bill: Bill
    account: MerchantAccount
    merchant: str
    total: Money


class BillTotals(NamedTuple):
    """What all bills of a filter come to in one currency; void ones are counted apart and add nothing."""

    currency: str
    bills: int
    void: int
    records: int
    total: Money


class LineSeen(NamedTuple):
    """A line of a bill (明細) with what it is called.

    Args:
        names: by language; "en" is there. quantity: None where the kind counts nothing.
        reversals: a line of its own for what was taken back.
    """

    kind: str
    style: str
    names: dict[str, str]
    unit: str
    quantity: Decimal | None
    amount: Money
    income: Money
    expense: Money
    records: int

    @property
    def reversals(self) -> bool:
        """Tell whether it is the line of what was taken back."""
        return self.style == "reversal"

    @property
    def counted(self) -> str:
        """Write the quantity without needless noughts, as in "100" and "0.5"; nothing without one.

        Source: B-22.
        """
        return plain_quantity(self.quantity)

    def name(self, language: str) -> str:
        """Give what the line is called in a language, else in English."""
        return self.names.get(language) or self.names[MAIN_LANGUAGE]


class BillFacts(NamedTuple):
    """One bill with all that it rests on.

    Args:
        reserve: what of it is kept back, if anything. successor: number of the bill that took its place.
        takes_review: whether its terms let it wait for a person.
    """

    bill: Bill
    account: MerchantAccount
    merchant: str
    lines: list[LineSeen]
    reserve: Reserve | None
    successor: int | None
    blue: bool
    takes_review: bool

    @property
    def total(self) -> Money:
        """Give what it comes to."""
        return self.account.money(self.bill.total)

    @property
    def balance_then(self) -> Money | None:
        """Give the account's amount when it was issued (B-19)."""
        then = self.bill.balance_then
        return None if then is None else self.account.money(then)

    @property
    def kept_back(self) -> Money | None:
        """Give what of it is or was kept back."""
        return None if self.reserve is None else self.account.money(self.reserve.amount)

    @property
    def moves(self) -> list[str]:
        """Name what may be done with it in its state."""
        return [event.value for event in BILL.events_from(BillState(self.bill.state))]

    @property
    def digest(self) -> str:
        """Give the SHA-256 of what the bill says, whatever form or language it is printed in.

        Source: E-13; A39 (one content in every form).
        """
        row = self.bill
        says = {
            "bill": row.pk,
            "account": self.account.number,
            "currency": self.account.currency.code,
            "first_day": row.first_day.isoformat(),
            "last_day": row.last_day.isoformat(),
            "total": self.total.text,
            "records": row.records,
            "lines": [
                [one.kind, one.style, one.counted, one.amount.text, one.records]
                for one in self.lines
            ],
        }
        text = json.dumps(says, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def bills(wanted: BillsWanted, *, limit: int = 50, before: int | None = None) -> list[BillSeen]:
    """List bills, newest number first.

    Args:
        limit: at most 200. before: those below this number.

    Source: B-17; A39.
    """
    found = _chosen(wanted).select_related("account").order_by("-number")
    if before is not None:
        found = found.filter(number__lt=before)
    return _seen(found[: _bounded(limit)])


def bill_totals(wanted: BillsWanted) -> list[BillTotals]:
    """Add up all bills of a filter, by currency.

    Source: A39; peers-settlement-invest, section 4.3.
    """
    void = Q(state=BillState.VOID.value)
    sums = (
        _chosen(wanted)
        .values("account__currency")
        .annotate(
            bills=Count("number", filter=~void),
            void=Count("number", filter=void),
            taken=Sum("records", filter=~void, default=0),
            amount=Sum("total", filter=~void, default=0),
        )
        .order_by("account__currency")
    )
    units = books.currencies()
    return [
        BillTotals(
            row["account__currency"],
            row["bills"],
            row["void"],
            int(row["taken"]),
            Money(int(row["amount"]), units[row["account__currency"]].currency),
        )
        for row in sums
    ]


def bill_facts(number: int, *, owner: int | None = None) -> BillFacts:
    """Give one bill with its lines, its account, what is kept back of it, and its successor.

    Args:
        owner: the merchant; only his own, and only what has been issued to him.

    Raises:
        UnknownBill: there is none, or it is another's.

    Source: B-17, B-22, E-13; A10 to A12, A22.
    """
    row = find_bill(number, owner=owner)
    if owner is not None and row.issued_at is None:
        message = "There is no such bill."
        raise UnknownBill(message, field="bill", there=str(number)[:32])
    account = account_from(row.account)
    terms = Terms.objects.filter(pk=row.terms).first() if row.terms else None
    return BillFacts(
        bill=row,
        account=account,
        merchant=customer_names([account.owner]).get(account.owner, ""),
        lines=_lines(row, account),
        reserve=Reserve.objects.filter(bill=row).first(),
        successor=Bill.objects.filter(replaces=row).values_list("number", flat=True).first(),
        blue=terms is not None and terms.reversal_style == "blue",
        takes_review=terms is not None and terms.review,
    )


def issued_among(numbers: Iterable[int | None], *, owner: int) -> set[int]:
    """Give which of some bills have been issued to a merchant. At most one query.

    Source: E-13; reliability T14.
    """
    asked = {number for number in numbers if number is not None}
    found = Bill.objects.filter(pk__in=asked, account__owner=owner, issued_at__isnull=False)
    return set(found.values_list("pk", flat=True)) if asked else set()


def records_behind(facts: BillFacts, *, kind: str = "", style: str = "") -> AccrualsWanted:
    """Say which business records a bill took, or which are behind one of its lines.

    A void bill has none: they went to its successor.

    Args:
        kind, style: of the line; empty means the whole bill.

    Source: B-18, B-23; A12.
    """
    only = "reversal" if style == "reversal" else ""
    if style == "net" and facts.blue:
        only = "normal"
    return AccrualsWanted(bill=facts.bill.pk, kind=kind, type=only)


def _chosen(wanted: BillsWanted) -> QuerySet[Bill]:
    given = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency,
        "state": wanted.state,
        "last_day__gte": wanted.since,
        "last_day__lte": wanted.until,
        "total__gte": wanted.least,
        "total__lte": wanted.most,
    }
    found = Bill.objects.filter(**{name: each for name, each in given.items() if each is not None})
    if wanted.issued:
        found = found.filter(issued_at__isnull=False)
    if wanted.run is not None:
        made = BillRunItem.objects.filter(run=wanted.run, bill__isnull=False)
        found = found.filter(number__in=made.values("bill"))
    return found


def _seen(rows: Iterable[Bill]) -> list[BillSeen]:
    found = list(rows)
    names = customer_names(row.account.owner for row in found)
    return [_one(row, names) for row in found]


def _one(row: Bill, names: dict[int, str]) -> BillSeen:
    account = account_from(row.account)
    return BillSeen(row, account, names.get(account.owner, ""), account.money(row.total))


def _lines(row: Bill, account: MerchantAccount) -> list[LineSeen]:
    found = lines_of(row.pk)
    kinds = BusinessKind.objects.in_bulk({line.kind for line in found})
    return [
        LineSeen(
            kind=line.kind,
            style=line.style,
            names=kinds[line.kind].names,
            unit=kinds[line.kind].unit,
            quantity=line.quantity,
            amount=account.money(line.amount),
            income=account.money(line.income),
            expense=account.money(line.expense),
            records=line.records,
        )
        for line in found
    ]


def _bounded(limit: int) -> int:
    return min(max(limit, 1), PAGE_MAX + 1)
