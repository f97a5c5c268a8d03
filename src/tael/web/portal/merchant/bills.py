"""The merchant's bills (賬單): the list, one with its lines and the records behind them, and files.

Source: B-17 to B-23, E-13; peers-settlement-invest A12, A39, section 4.2; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.documents.bill_document import bill_document
from tael.settlement.accrual_search import accruals
from tael.settlement.bill_search import (
    BillsWanted,
    bill_facts,
    bill_totals,
    bills,
    records_behind,
)
from tael.web.look.attachment import attachment, reading_language
from tael.web.portal.lists import before_of, paged
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.settlement.accrual_search import AccrualsWanted
    from tael.settlement.bill_search import BillFacts
    from tael.web.portal.page import Visitor

STYLES: Final = ("net", "reversal")
KIND_MAX: Final = 32


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
def records(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """List the records behind a bill, or behind one of its lines.

    Raises:
        UnknownBill: it is none of his, or has not been issued.
    """
    facts = bill_facts(number, owner=visitor.customer)
    kind, style = _line_of(request)
    before = before_of(request)
    found = paged(
        lambda limit: accruals(records_wanted(request, facts), limit=limit, before=before),
        place=lambda row: row.row.pk,
        kind=kind,
        style=style,
    )
    shown = {
        "facts": facts,
        "line": next((one for one in facts.lines if (one.kind, one.style) == (kind, style)), None),
        "rows": found.rows,
        "next": found.next,
        "not_first": before is not None,
        "query": f"kind={kind}&style={style}" if kind else "",
    }
    return rendered(request, "portal/merchant/bill_records.html", shown, visitor=visitor)


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


def records_wanted(request: HttpRequest, facts: BillFacts) -> AccrualsWanted:
    """Read which records behind a bill are wanted: all, or those of a line.

    Source: B-18; A12.
    """
    kind, style = _line_of(request)
    return records_behind(facts, kind=kind, style=style)


def _wanted(visitor: Visitor, account: int | None) -> BillsWanted:
    return BillsWanted(owner=visitor.customer, account=account, issued=True)


def _line_of(request: HttpRequest) -> tuple[str, str]:
    """Read which line is meant; what is no line of the bill finds nothing, as an unknown kind does."""
    kind, style = request.GET.get("kind", ""), request.GET.get("style", "")
    plain = kind.isascii() and kind.isprintable() and len(kind) <= KIND_MAX
    return (kind if plain else ""), (style if style in STYLES else "")


addresses: Final = [
    path("merchant/bills", listed, name="merchant-bills"),
    path("merchant/bills/<number:number>", one, name="merchant-bill"),
    path("merchant/bills/<number:number>/file", download, name="merchant-bill-download"),
    path("merchant/bills/<number:number>/records", records, name="merchant-bill-records"),
]
