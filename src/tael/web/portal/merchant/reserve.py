"""What is kept back of the merchant's bills (保證金), and when it is given back.

Source: peers-settlement-invest A22; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.settlement.bills.reserve import kept_back_now, reserves_of
from tael.web.portal.lists import before_of, paged
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def calendar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is kept back of one of the merchant's accounts, and the days on which it is given back."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    facts: dict[str, Any] = {"accounts": accounts, "view": view}
    if view is not None:
        before = before_of(request)
        found = paged(
            lambda limit: reserves_of(view.account, before=before, limit=limit),
            place=lambda row: row.number,
            account=str(view.number),
        )
        facts |= {
            "kept": kept_back_now(view.account),
            "rows": found.rows,
            "next": found.next,
            "query": f"account={view.number}",
            "first": before is not None,
            "first_address": f"?account={view.number}",
        }
    return rendered(request, "portal/merchant/reserve.html", facts, visitor=visitor)


addresses: Final = [
    path("merchant/reserve", calendar, name="merchant-reserve"),
]
