"""Merchant accounts (商戶賬戶): all of them with what is owed.

Source: B-01, B-07, B-30, E-10; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael import books
from tael.settlement.accounts.earnings import earnings
from tael.settlement.accounts.merchant_search import (
    MerchantAccountsWanted,
    merchant_account_totals,
    merchant_account_view,
    merchant_accounts,
)
from tael.settlement.records.accrual_search import AccrualsWanted, accruals
from tael.web.backoffice.page import page, rendered
from tael.web.backoffice.settlement.terms_shown import shown_terms
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50
RECORDS: Final = 10
FILTERS: Final = ("q", "currency", "state")
STATES: Final = {"on": False, "off": True}


def wanted_of(asked: Asked) -> MerchantAccountsWanted:
    """Read the filter of the list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-10; A39.
    """
    state = asked.word("state", STATES)
    return MerchantAccountsWanted(
        text=asked.text("q"),
        currency=asked.currency(),
        disabled=None if state is None else STATES[state],
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List merchant accounts by number."""
    asked = Asked(request.GET, FILTERS)
    after = Asked(request.GET, ("after",)).number("after")
    wanted = wanted_of(asked)
    rows = merchant_accounts(wanted, limit=PAGE + 1, after=after)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts = {
        "asked": asked,
        "rows": shown,
        "totals": merchant_account_totals(wanted) if shown else [],
        "currencies": sorted(books.currencies()),
        "next": asked.query(after=shown[-1].number) if more else "",
        "first": after is not None,
        "first_address": f"?{asked.query()}",
    }
    return rendered(request, "backoffice/settlement/accounts.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one account: what is owed, what is agreed, the newest records."""
    view = merchant_account_view(number)
    wanted = AccrualsWanted(account=number)
    facts = {
        "view": view,
        "terms": shown_terms(view.account),
        "rows": accruals(wanted, limit=RECORDS),
        "earned": earnings([view.account]),
    }
    return rendered(request, "backoffice/settlement/account.html", facts, staff=staff)


addresses: Final = [
    path("settlement/accounts", listed, name="settlement-accounts"),
    path("settlement/accounts/<number:number>", one, name="settlement-account"),
]
