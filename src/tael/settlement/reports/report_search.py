"""Finding period reports (期初期末報表) that were made.

Source: B-28, E-16; peers-settlement-invest A13, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, Sum

from tael import books
from tael.money import Money
from tael.parties.queries import customer_names
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.models import PeriodReport

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200


class ReportSeen(NamedTuple):
    """A report in a list."""

    report: PeriodReport
    account: MerchantAccount
    merchant: str

    @property
    def opening(self) -> Money:
        """Give what the account held when the period began."""
        return self.account.money(self.report.opening)

    @property
    def came(self) -> Money:
        """Give all that came."""
        return self.account.money(self.report.came)

    @property
    def went(self) -> Money:
        """Give all that went, not above zero."""
        return self.account.money(self.report.went)

    @property
    def closing(self) -> Money:
        """Give what the account held at the end of the period."""
        return self.account.money(self.report.closing)


class ReportsWanted(NamedTuple):
    """Which period reports are wanted; what is None does not matter.

    Args:
        account: a merchant account. owner: the merchant.
        since, until: the last day of the period is within these, both included.
    """

    account: int | None = None
    owner: int | None = None
    since: date | None = None
    until: date | None = None


class ReportTotal(NamedTuple):
    """What all reports of a filter tell of in one currency: all that came, and all that went, not above zero."""

    reports: int
    came: Money
    went: Money


def reports(
    wanted: ReportsWanted, *, limit: int = 50, before: int | None = None
) -> list[ReportSeen]:
    """List reports, newest first. Two queries, however many there are.

    Args:
        limit: at most 200. before: those below this number.

    Source: E-16; A39.
    """
    found = _found(wanted).select_related("account").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: min(max(limit, 1), PAGE_MAX + 1)])
    names = customer_names(row.account.owner for row in rows)
    return [
        ReportSeen(row, account_from(row.account), names.get(row.account.owner, "")) for row in rows
    ]


def report_totals(wanted: ReportsWanted) -> list[ReportTotal]:
    """Add up all reports that a filter finds, by currency. One query.

    Openings and closings are left out: those of one account over several periods are no sum of anything.

    Source: A13, A39.
    """
    rows = (
        _found(wanted)
        .values_list("account__currency")
        .order_by("account__currency")
        .annotate(n=Count("id"), came=Sum("came"), went=Sum("went"))
    )
    known = books.currencies()
    return [
        ReportTotal(
            n, Money(int(came), known[code].currency), Money(int(went), known[code].currency)
        )
        for code, n, came, went in rows
    ]


def _found(wanted: ReportsWanted) -> QuerySet[PeriodReport]:
    asked = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "last_day__gte": wanted.since,
        "last_day__lte": wanted.until,
    }
    given = {name: each for name, each in asked.items() if each is not None}
    return PeriodReport.objects.filter(**given)
