"""A customer's wallets: what is available, what is locked and why, what is frozen and for what.

Source: E-02, F-08, F-09, F-22; reliability T14.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import path, reverse
from django.utils.translation import gettext as _

from tael import books
from tael.payouts import queries as payouts
from tael.payouts.lifecycle import WithdrawalState
from tael.refusal import Refusal
from tael.wallet import queries
from tael.wallet.flow import wallet_flow
from tael.wallet.lifecycles import OrderState
from tael.wallet.locked_origin import origins_of_locked
from tael.wallet.wallet import default_wallet, wallet_of
from tael.web.portal.lists import after_of, paged
from tael.web.portal.own import wallets_of
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.statement import Wanted, chart_of
from tael.web.portal.steps import see_other
from tael.web.portal.typed import Choice, Field, Typed, form_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor

WALLETS_SHOWN: Final = 12
HOLDS_SHOWN: Final = 10
LINES_SHOWN: Final = 10
WAITING_SHOWN: Final = 5


@page()
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin with the wallets, what waits, and what happened last in the first of them."""
    views = queries.wallets(owner=visitor.customer, limit=WALLETS_SHOWN + 1)
    waiting = [
        row
        for state in (OrderState.CREATED, OrderState.PARTIAL)
        for row in queries.orders(owner=visitor.customer, state=state.value, limit=WAITING_SHOWN)
    ]
    applied = [
        row
        for state in (WithdrawalState.APPLIED, WithdrawalState.REVIEWED)
        for row in payouts.withdrawals(owner=visitor.customer, state=state, limit=WAITING_SHOWN)
    ]
    own = {view.wallet.number: view.wallet for view in views}
    for number in {*(row.wallet for row in waiting), *(row.wallet for row in applied)}:
        own.setdefault(number, wallet_of(visitor.customer, number))
    first = views[0].wallet if views else None
    facts = {
        "views": views[:WALLETS_SHOWN],
        "more_wallets": len(views) > WALLETS_SHOWN,
        "waiting": [(row, own[row.wallet].money(row.amount - row.credited)) for row in waiting],
        "applied": [(row, own[row.wallet].money(row.amount)) for row in applied],
        "first": first,
        "lines": wallet_flow(first, limit=LINES_SHOWN).lines if first else [],
        "chart": chart_of(first, Wanted(None, None, None)) if first else None,
    }
    return rendered(request, "portal/home.html", facts, visitor=visitor)


@page()
def wallets(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the customer's wallets by number; on each page those in money come first."""
    facts = _page_of(request, visitor)
    facts["views"].sort(key=lambda view: view.wallet.currency.kind != "money")
    return rendered(request, "portal/wallets.html", facts, visitor=visitor)


@page()
def points(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the customer's wallets of points."""
    facts = _page_of(request, visitor, kind="points")
    return rendered(request, "portal/points.html", facts, visitor=visitor)


def _page_of(request: HttpRequest, visitor: Visitor, *, kind: str | None = None) -> dict[str, Any]:
    after = after_of(request)
    found = paged(
        lambda limit: queries.wallets(owner=visitor.customer, kind=kind, after=after, limit=limit),
        place=lambda view: view.wallet.number,
        onward="after",
    )
    return {"views": found.rows, "next": found.next, "not_first": after > 0}


@page()
def wallet(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one wallet: its three figures, where locked money came from, its holds, its last lines."""
    shown = wallet_of(visitor.customer, number)
    facts = {
        "view": queries.wallet_view(shown),
        "wallet": shown,
        "debt": queries.debt_of(shown),
        "locked": origins_of_locked(shown),
        "holds": [
            (hold, shown.money(hold.rest))
            for hold in queries.holds(shown, only_open=True, limit=HOLDS_SHOWN)
        ],
        "lines": wallet_flow(shown, limit=LINES_SHOWN).lines,
        "chart": chart_of(shown, Wanted(None, None, None)),
    }
    return rendered(request, "portal/wallet.html", facts, visitor=visitor)


@page(methods=("GET", "POST"))
def open_one(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Open a wallet in another currency. Pressed twice, it opens one."""
    typed = Typed(request.POST, ("currency",))
    refusal = None
    if request.method == "POST":
        try:
            unit = books.currency(typed["currency"])
            opened = default_wallet(
                visitor.customer,
                unit.code,
                actor=visitor.actor,
                at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
            )
            return see_other(reverse("portal:wallet", args=[opened.number]))
        except Refusal as refused:
            refusal = refused
    field = _currency_field(visitor)
    facts = {
        "form": form_of([field], typed),
        "possible": bool(field.choices),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "portal/open_wallet.html", facts, visitor=visitor, status=status)


def _currency_field(visitor: Visitor) -> Field:
    """Offer the currencies in which the customer has no wallet of the usual name yet."""
    own = {
        view.wallet.currency.code for view in wallets_of(visitor) if view.wallet.name == "default"
    }
    choices = [
        Choice(state.currency.code, f"{state.currency.code} {state.currency.name}")
        for state in books.currencies().values()
        if state.enabled and state.currency.code not in own
    ]
    return Field(name="currency", label=_("Currency"), kind="select", choices=choices)


addresses: Final = [
    path("", home, name="home"),
    path("wallets", wallets, name="wallets"),
    path("wallets/open", open_one, name="open-wallet"),
    path("wallets/<number:number>", wallet, name="wallet"),
    path("points", points, name="points"),
]
