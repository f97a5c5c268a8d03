"""The list of wallets: found by number, customer or name, with the totals of all that were found.

Source: E-02; peers-settlement-invest, section 4.3; T14.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext

from tael import books
from tael.refusal import Refusal
from tael.wallet.wallet import DEFAULT, open_wallet
from tael.wallet.wallet_search import STATES, TOTALLED_MAX, WalletsWanted, search_wallets
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.two_steps import see_other
from tael.web.look.asked import Asked, FilterMalformed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = ("q", "currency", "state")


@page(may="wallets.see")
def wallets(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List wallets by number."""
    asked = Asked(request.GET, FILTERS)
    facts = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "states": STATES,
        "totalled_max": TOTALLED_MAX,
    }
    try:
        after = Asked(request.GET, ("after",)).number("after") or 0
        wanted = WalletsWanted(
            text=asked.text("q"),
            currency=asked.currency(),
            state=asked.word("state", STATES) or "",
        )
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/wallets.html", facts, staff=staff, status=status)
    found = search_wallets(wanted, after=after, limit=PAGE)
    facts |= {
        "found": found,
        "first": after > 0,
        "first_address": f"?{asked.query()}",
        "next": asked.query(after=found.after) if found.after else "",
    }
    return rendered(request, "backoffice/wallets.html", facts, staff=staff)


@page(may="wallets.operate", methods=("GET", "POST"))
def open_one(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Open a wallet for a customer, or go to the one that is there already."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = Asked(sent, ("owner", "currency", "name"))
    refusal = None
    if request.method == "POST":
        try:
            owner = asked.number("owner")
            if owner is None:
                raise FilterMalformed("A customer is needed.", field="owner")
            opened = open_wallet(
                owner=owner,
                currency=asked["currency"],
                name=asked["name"] or DEFAULT,
                actor=staff.actor,
                at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
            )
            messages.success(request, gettext("The wallet is open."))
            return see_other(reverse("backoffice:wallet", args=[opened.number]))
        except Refusal as refused:
            refusal = refused
    facts = {
        "asked": asked,
        "refusal": refusal,
        "currencies": [one.currency for one in books.currencies().values() if one.enabled],
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/open_wallet.html", facts, staff=staff, status=status)


addresses: Final = [
    path("wallets", wallets, name="wallets"),
    path("wallets/open", open_one, name="open-wallet"),
]
