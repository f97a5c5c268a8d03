"""What is kept back of a merchant account's bills (保證金), and when it is given back.

Source: peers-settlement-invest A22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.bills.reserve import kept_back_now, reserves_of
from tael.web.backoffice.page import page, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show what is kept now, the days on which it is given back, and of which bills it was kept."""
    account = merchant_account(number)
    before = Asked(request.GET, ("before",)).number("before")
    rows = reserves_of(account, before=before, limit=PAGE + 1)
    facts = {
        "account": account,
        "kept": kept_back_now(account),
        "rows": rows[:PAGE],
        "next": f"before={rows[PAGE - 1].number}" if len(rows) > PAGE else "",
        "first": before is not None,
        "first_address": "?",
    }
    return rendered(request, "backoffice/settlement/reserve.html", facts, staff=staff)


addresses: Final = [
    path("settlement/accounts/<number:number>/reserve", one, name="settlement-reserve"),
]
