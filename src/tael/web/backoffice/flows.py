"""The list of flow records, found by their numbers or by what they did.

Source: F-19, F-20, F-22, E-03; peers-settlement-invest, section 4.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import urlencode

from tael import books
from tael.channels import queries as channels
from tael.documents.flow_filter import FlowFilter
from tael.payouts.waiting import has_withdrawal
from tael.refusal import Refusal
from tael.wallet import flow_search
from tael.wallet.number_search import named_by
from tael.wallet.operation import Operation
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.flow_search import RecordPage
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
NUMBERS: Final = ("sno", "pno", "gateway")
FILTERS: Final = (
    *NUMBERS,
    "wallet",
    "operation",
    "channel",
    "since",
    "until",
    "currency",
    "least",
    "most",
)


@page(may="flows.see")
def flows(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List flow records, newest first."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "operations": list(Operation),
        "currencies": sorted(books.currencies()),
        "channels": [one.identifier for one in channels.channels()],
        "scanned": flow_search.WEIGHED_MAX if asked["currency"] else flow_search.SCANNED_MAX,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        found = find_records(asked, before)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/flows.html", facts, staff=staff, status=status)
    facts |= {
        "records": found.records,
        "first": before is not None,
        "first_address": f"?{asked.query()}",
        "next": asked.query(before=found.before) if found.before else "",
        "short": bool(found.before) and len(found.records) < PAGE,
    }
    return rendered(request, "backoffice/flows.html", facts, staff=staff)


def find_records(asked: Asked, before: int | None, *, limit: int = PAGE) -> RecordPage:
    """Find the records that a list's address asks for.

    One of the numbers finds its records whatever else is asked for.

    Raises:
        FilterMalformed and what amounts and wallets are refused with: a field cannot be asked for.

    Source: E-03.
    """
    return filter_of(asked).page(before, limit=limit)


def filter_of(asked: Asked) -> FlowFilter:
    """Read the filter of a list's address; with one of the numbers the other fields are not looked at.

    Raises:
        FilterMalformed and what amounts are refused with: a field cannot be asked for.

    Source: E-03.
    """
    if not any(asked.text(name) for name in NUMBERS):
        asked.operation()
        asked.text("channel")
        asked.number("wallet")
        for name in ("since", "until"):
            asked.day(name)
        currency = asked.currency()
        for name in ("least", "most"):
            asked.amount(name, currency)
    return FlowFilter(**asked.fields)


@page(may="flows.see")
def find(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Jump to what a number names; where it names several things, let the reader choose."""
    asked = Asked(request.GET, ("q",))
    text = asked.text("q")
    if not text:
        return rendered(request, "backoffice/find.html", {"asked": asked, "ways": []}, staff=staff)
    ways = _ways(text)
    if len(ways) == 1:
        return HttpResponseRedirect(ways[0].address)
    facts = {"asked": asked, "ways": ways}
    return rendered(request, "backoffice/find.html", facts, staff=staff)


class Way(NamedTuple):
    """One thing that a number names, and where it is shown."""

    sort: str
    name: str
    address: str


def _ways(text: str) -> list[Way]:
    named = named_by(text)
    number = str(named.number)
    ways = []
    if named.wallet:
        ways.append(Way("wallet", number, reverse("backoffice:wallet", args=[named.number])))
    if named.customer is not None:
        wallets = f"{reverse('backoffice:wallets')}?{urlencode({'q': number})}"
        ways.append(Way("customer", f"{number} · {named.customer}", wallets))
    if named.record:
        ways.append(Way("record", number, reverse("backoffice:flow", args=[named.number])))
    if named.order:
        ways.append(Way("order", number, reverse("backoffice:order", args=[named.number])))
    if named.number and has_withdrawal(named.number):
        ways.append(
            Way("withdrawal", number, reverse("backoffice:withdrawal", args=[named.number]))
        )
    if named.held_in is not None:
        address = f"{reverse('backoffice:wallet', args=[named.held_in])}#holds"
        ways.append(Way("hold", f"{number} · {named.held_in}", address))
    for sort, records in (
        ("sno", named.by_sno),
        ("pno", named.by_pno),
        ("gateway", named.by_gateway),
    ):
        ways += [
            Way(sort, str(one.id), reverse("backoffice:flow", args=[one.id])) for one in records
        ]
    if not ways and not text.isdecimal():
        wallets = f"{reverse('backoffice:wallets')}?{urlencode({'q': text})}"
        ways.append(Way("name", text, wallets))
    return ways


addresses: Final = [
    path("flows", flows, name="flows"),
    path("find", find, name="find"),
]
