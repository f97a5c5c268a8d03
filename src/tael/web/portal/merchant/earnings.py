"""What a merchant has earned (業務收支): in progress, confirmed, billed; by kind and by day.

Source: B-12, B-16, B-21; peers-settlement-invest, section 4.2.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.urls import path
from django.utils.translation import gettext as _

from tael.settlement.accounts.earnings import earned_by_day, earnings
from tael.wallet.serial_number import business_zone
from tael.web.look.chart import Line, chart
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.web.portal.page import Visitor

SPANS: Final = (7, 30, 90, 365)
"""Chips of the chart, in days."""
USUAL: Final = 30


@page()
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what one of the merchant's accounts has earned."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    facts: dict[str, Any] = {"accounts": accounts, "view": view, "spans": SPANS}
    if view is not None:
        asked = request.GET.get("days", "")
        span = int(asked) if asked in {str(each) for each in SPANS} else USUAL
        today = datetime.now(UTC).astimezone(business_zone()).date()  # noqa: TID251 - the caller's clock
        since = today - timedelta(days=span - 1)
        facts |= {
            "earned": earnings([view.account]),
            "span": span,
            "chart": _chart(view.account, since, today),
        }
    return rendered(request, "portal/merchant/earnings.html", facts, visitor=visitor)


def _chart(account: MerchantAccount, since: date, until: date) -> dict[str, Any] | None:
    days = earned_by_day([account], since=since, until=until)
    if not any(each.income.minor or each.expense.minor for each in days):
        return None
    return chart(
        [each.day for each in days],
        [
            Line(_("Income"), [each.income for each in days], "bars", "good"),
            Line(_("Expense"), [each.expense for each in days], "bars", "bad"),
        ],
    )


addresses: Final = [
    path("merchant/earnings", overview, name="merchant-earnings"),
]
