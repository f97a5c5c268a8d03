"""The merchant's business records (業務收支), each by itself: found by day, kind, state and bill, and one with its reversals.

Source: B-08 to B-16, E-12; peers-settlement-invest A12, A35, A39, section 4.2; reliability T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import path
from django.utils.translation import pgettext_lazy

from tael.settlement.bills.bill_search import issued_among
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records.accrual_search import (
    TOTALED,
    AccrualsWanted,
    accrual_totals,
    accrual_view,
    accruals,
    cut_off,
    reversals_of,
)
from tael.settlement.registry import kind_named, kinds
from tael.web.look.asked import Asked
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.merchant.own import chosen, own_accounts
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.records.accrual_search import AccrualView
    from tael.web.portal.page import Visitor

STATES: Final = {
    "pending": pgettext_lazy("business record", "to be confirmed"),
    "confirmed": pgettext_lazy("business record", "confirmed"),
    "failed": pgettext_lazy("business record", "failed"),
}
TONES: Final = {"pending": "pending", "confirmed": "success", "failed": "rejected"}
"""As which state of `tael.web.look.tones` each is drawn: these words stand for other things there."""
TYPES: Final = ("normal", "reversal")
FIELDS: Final = ("kind", "number", "state", "type", "bill", "since", "until")


@page()
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the records of one of the merchant's accounts, newest first, with the sums of all that are found."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    names = {one.code: one.names for one in kinds()}
    sent = Asked(request.GET, FIELDS)

    def found() -> dict[str, Any]:
        if view is None:
            return {}
        wanted = wanted_of(request, visitor)
        before = before_of(request)
        asked = _said(wanted)
        listed = paged(
            lambda limit: accruals(wanted, limit=limit, before=before),
            place=lambda one: one.row.pk,
            **asked,
        )
        query = urlencode({name: text for name, text in asked.items() if text})
        totals = accrual_totals(wanted, most=TOTALED) if listed.rows else []
        return {
            "rows": _lines(listed.rows, names, visitor),
            "totals": totals,
            "cut": cut_off(totals, TOTALED),
            "next": listed.next,
            "not_first": before is not None,
            "first_address": f"?{query}",
            "query": query,
        }

    facts: dict[str, Any] = {"accounts": accounts, "view": view, "asked": sent}
    facts |= {"narrowed": sent.filtered, "states": STATES, "kinds": names}
    return list_page(request, visitor, "portal/merchant/records.html", facts, found)


@page()
def one(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show one record with its reversals, or with what it reverses, and its bill.

    Raises:
        UnknownAccrual: it is none of his.
    """
    view = accrual_view(number, owner=visitor.customer)
    row = view.row
    kind = kind_named(row.kind_id)
    names = {kind.code: kind.names}
    facts = {
        **_lines([view], names, visitor)[0],
        "reversals": _lines(reversals_of(number) if row.reversed else [], names, visitor),
        "original": None
        if row.reverses_id is None
        else accrual_view(row.reverses_id, owner=visitor.customer),
    }
    return rendered(request, "portal/merchant/record.html", facts, visitor=visitor)


def wanted_of(request: HttpRequest, visitor: Visitor) -> AccrualsWanted:
    """Read the filter of the list.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: E-12; A39; reliability T14.
    """
    asked = Asked(request.GET, FIELDS)
    view = chosen(request, own_accounts(visitor))
    state = asked.word("state", STATES)
    return AccrualsWanted(
        owner=visitor.customer,
        account=None if view is None else view.number,
        kind=asked.text("kind"),
        number=asked.text("number"),
        state=None if state is None else AccrualState(state),
        type=asked.word("type", TYPES) or "",
        bill=asked.number("bill"),
        since=asked.day("since"),
        until=asked.day("until"),
    )


def _said(wanted: AccrualsWanted) -> dict[str, str]:
    """Give the filter as it was read, for the addresses of further pages."""
    return {name: str(getattr(wanted, name) or "") for name in ("account", *FIELDS)}


def _lines(
    rows: Sequence[AccrualView], names: dict[str, dict[str, str]], visitor: Visitor
) -> list[dict[str, Any]]:
    """Give rows with what they are called; a bill that has not been issued to him is not named."""
    issued = issued_among([view.row.bill for view in rows], owner=visitor.customer)
    return [
        {
            "one": view,
            "names": names.get(view.row.kind_id, {"en": view.row.kind_id}),
            "bill": view.row.bill if view.row.bill in issued else None,
            "state_text": STATES[view.row.state],
            "tone": TONES[view.row.state],
        }
        for view in rows
    ]


addresses: Final = [
    path("merchant/records", listed, name="merchant-records"),
    path("merchant/records/<number:number>", one, name="merchant-record"),
]
