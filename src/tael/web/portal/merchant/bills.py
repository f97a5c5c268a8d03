"""The merchant's bills (賬單): the list, and one with its lines, also as a file.

Source: B-17 to B-23, E-13; peers-settlement-invest A12, A39, section 4.2; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.bill_document import bill_document
from tael.settlement.bills.bill_search import (
    BillsWanted,
    bill_facts,
    bill_totals,
    bills,
)
from tael.web.look.attachment import attachment, reading_language
from tael.web.portal.lists import before_of, paged
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the bills of one of the merchant's accounts, newest first."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    facts: dict[str, object] = {"accounts": accounts, "view": view}
    if view is not None:
        wanted = _wanted(visitor, view.number)
        before = before_of(request)
        found = paged(
            lambda limit: bills(wanted, limit=limit, before=before),
            place=lambda one: one.bill.pk,
            account=str(view.number),
        )
        facts |= {
            "rows": found.rows,
            "totals": bill_totals(wanted),
            "next": found.next,
            "not_first": before is not None,
            "first_address": f"?account={view.number}",
            "query": f"account={view.number}",
        }
    return rendered(request, "portal/merchant/bills.html", facts, visitor=visitor)


@page()
def one(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show one bill with its lines.

    Raises:
        UnknownBill: it is none of his, or has not been issued.
    """
    facts = bill_facts(number, owner=visitor.customer)
    return rendered(request, "portal/merchant/bill.html", {"facts": facts}, visitor=visitor)


@page()
def download(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Give a bill as PDF, xlsx or csv.

    Raises:
        UnknownBill: it is none of his, or has not been issued.
        FormatUnknown: not in that format.
    """
    facts = bill_facts(number, owner=visitor.customer)
    form = request.GET.get("format", "pdf")
    return attachment(bill_document(facts, form, reading_language()))


def wanted_of(request: HttpRequest, visitor: Visitor) -> BillsWanted:
    """Read the filter of the list: the bills that were issued to the merchant, of one of his accounts.

    Source: E-13; reliability T14.
    """
    view = chosen(request, own_accounts(visitor))
    return _wanted(visitor, None if view is None else view.number)


def _wanted(visitor: Visitor, account: int | None) -> BillsWanted:
    return BillsWanted(owner=visitor.customer, account=account, issued=True)


addresses: Final = [
    path("merchant/bills", listed, name="merchant-bills"),
    path("merchant/bills/<number:number>", one, name="merchant-bill"),
    path("merchant/bills/<number:number>/file", download, name="merchant-bill-download"),
]
