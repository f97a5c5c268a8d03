"""Recharge orders of which nothing has been heard for half an hour: a person asks the gateway.

Source: F-25; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.parties import queries as parties
from tael.wallet.waiting import silent_orders
from tael.web.backoffice.page import page, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50


@page(may="orders.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List silent orders, newest first."""
    before = Asked(request.GET, ("before",)).number("before")
    now = datetime.now(UTC)  # noqa: TID251 - the caller's clock
    found = silent_orders(at=now, before=before, limit=PAGE + 1)
    names = parties.customer_names(one.owner for one in found)
    facts = {
        "rows": [(one, names.get(one.owner, "")) for one in found[:PAGE]],
        "first": before is not None,
        "next": f"before={found[PAGE - 1].number}" if len(found) > PAGE else "",
    }
    return rendered(request, "backoffice/silent_orders.html", facts, staff=staff)


addresses: Final = [path("silent-orders", listed, name="silent-orders")]
