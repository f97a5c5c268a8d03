"""What moved the merchant's account without a page of its own elsewhere: an adjustment (調賬), a collection (自動扣款).

Source: B-03, B-25, E-11; peers-settlement-invest A15, A36, section 4.2; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.remittances.adjustment import adjustment
from tael.settlement.remittances.collection import collection
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def adjusted(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show one adjustment with its reason.

    Raises:
        UnknownAdjustment: it is none of his.
    """
    row = adjustment(number, owner=visitor.customer)
    account = account_from(row.account)
    facts = {"account": account, "amount": account.money(row.amount), "at": row.made_at, "row": row}
    return _shown(request, visitor, "adjustment", facts)


@page()
def collected(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show what was taken from one of his wallets for what he owed.

    Raises:
        UnknownCollection: it is none of his.
    """
    row = collection(number, owner=visitor.customer)
    account = account_from(row.account)
    facts = {"account": account, "amount": account.money(row.amount), "at": row.at, "row": row}
    return _shown(request, visitor, "collection", facts)


def _shown(
    request: HttpRequest, visitor: Visitor, what: str, facts: dict[str, Any]
) -> HttpResponse:
    template = "portal/merchant/move.html"
    return rendered(request, template, {"what": what, **facts}, visitor=visitor)


addresses: Final = [
    path("merchant/adjustments/<number:number>", adjusted, name="merchant-adjustment"),
    path("merchant/collections/<number:number>", collected, name="merchant-collection"),
]
