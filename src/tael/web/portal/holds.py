"""What is frozen in a customer's wallets (凍結), why, and what became of it.

Source: F-30, F-31; I13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from tael.wallet import queries
from tael.wallet.wallet import wallet as find_wallet
from tael.web.portal.lists import before_of, paged
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.hold import Hold
    from tael.web.portal.page import Visitor


@page()
def holds(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the holds on the customer's wallets, newest first; the open ones unless all are asked for."""
    everything = request.GET.get("all") == "1"
    before = before_of(request)
    found = paged(
        lambda limit: queries.holds_of(
            visitor.customer, only_open=not everything, before=before, limit=limit
        ),
        all="1" if everything else "",
    )
    facts = {
        "rows": [_facts(row) for row in found.rows],
        "next": found.next,
        "not_first": before is not None,
        "everything": everything,
    }
    return rendered(request, "portal/holds.html", facts, visitor=visitor)


@page()
def hold(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one hold and what was captured, released or given back of it."""
    row = queries.hold(number, owner=visitor.customer)
    facts = _facts(row)
    facts["moves"] = [
        (move, find_wallet(row.wallet_id).money(move.amount)) for move in queries.hold_moves(row)
    ]
    return rendered(request, "portal/hold.html", facts, visitor=visitor)


def _facts(row: Hold) -> dict[str, object]:
    wallet = find_wallet(row.wallet_id)
    return {
        "hold": row,
        "wallet": wallet,
        "amount": wallet.money(row.amount),
        "captured": wallet.money(row.captured),
        "released": wallet.money(row.released),
        "rest": wallet.money(row.rest),
    }


addresses: Final = [
    path("holds", holds, name="holds"),
    path("holds/<number:number>", hold, name="hold"),
]
