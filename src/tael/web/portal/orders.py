"""A customer's recharge orders: the way to the payment provider, and waiting for its word.

A browser that comes back from the provider proves nothing and changes nothing: the page only shows how
the order stands in the books.

Source: F-25, SM-01; A-F10; reliability T8, T9.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponseRedirect
from django.urls import path, reverse

from tael.channels import queries as channels
from tael.refusal import Refusal
from tael.wallet import queries
from tael.wallet.lifecycles import OrderState
from tael.wallet.recharge_order import checkout, close_order
from tael.wallet.recharge_order import order as find_order
from tael.wallet.wallet import wallet as find_wallet
from tael.web.look.asked import Asked
from tael.web.look.every_page import POLICY
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.own import channel_name
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.steps import see_other

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.recharge_order import RechargeOrder
    from tael.web.portal.page import Visitor

OPEN: Final = frozenset({OrderState.CREATED, OrderState.PARTIAL})


@page()
def orders(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the customer's recharge orders, newest first."""
    asked = Asked(request.GET, ("state",))

    def found() -> dict[str, object]:
        state = asked.word("state", list(OrderState)) or ""
        before = before_of(request)
        listed = paged(
            lambda limit: queries.orders(
                owner=visitor.customer, state=state or None, before=before, limit=limit
            ),
            state=state,
        )
        named = {channel.identifier: channel.name for channel in channels.channels()}
        return {
            "rows": [_facts(row, named.get(row.channel)) for row in listed.rows],
            "next": listed.next,
            "not_first": before is not None,
        }

    facts = {"state": asked["state"], "states": list(OrderState)}
    return list_page(request, visitor, "portal/orders.html", facts, found)


@page()
def order(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one order: how to pay it, that it is not yet confirmed, or what it brought."""
    row = find_order(number, owner=visitor.customer)
    facts = {**_one(row), "returned": "returned" in request.GET}
    return rendered(request, "portal/order.html", facts, visitor=visitor)


@page()
def order_state(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Give the part of an order's page that changes; the page asks for it again while it waits."""
    row = find_order(number, owner=visitor.customer)
    facts = {**_one(row), "returned": "returned" in request.GET}
    return rendered(request, "portal/order_state.html", facts, visitor=visitor)


@page()
def pay_order(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Send the customer to the payment provider's page, with what it asks for."""
    row = find_order(number, owner=visitor.customer)
    shown = reverse("portal:order", args=[row.pk])
    if row.state not in OPEN or _over(row):
        return see_other(shown)
    try:
        told = checkout(row, return_url=request.build_absolute_uri(f"{shown}?returned=1"))
    except Refusal as refusal:  # the provider cannot be reached, or is no longer set up
        facts = {**_one(row), "refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "portal/order.html", facts, visitor=visitor, status=status)
    if told.method == "GET":
        joint = "&" if urlsplit(told.url).query else "?"
        query = urlencode(told.parameters)
        return HttpResponseRedirect(f"{told.url}{joint}{query}" if query else told.url)
    facts = {**_one(row), "checkout": told}
    response = rendered(request, "portal/order_pay.html", facts, visitor=visitor)
    parts = urlsplit(told.url)
    # This page alone may send a form away, and to the provider alone.
    response["Content-Security-Policy"] = POLICY.replace(
        "form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}"
    )
    return response


@page(methods=("GET", "POST"))
def close(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Ask whether an order is to be closed, and close it. Balances are not touched."""
    row = find_order(number, owner=visitor.customer)
    refusal = None
    if request.method == "POST":
        try:
            close_order(order=number, owner=visitor.customer, at=_now())
            return see_other(reverse("portal:order", args=[number]))
        except Refusal as refused:
            refusal = refused
    facts = {**_one(row), "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "portal/order_close.html", facts, visitor=visitor, status=status)


def _one(row: RechargeOrder) -> dict[str, object]:
    channel = channels.channel(row.channel)
    return _facts(row, channel.name if channel else None)


def _facts(row: RechargeOrder, channel: str | None) -> dict[str, object]:
    """Give what a page shows of an order, with the name that its channel has, if it is still registered."""
    wallet = find_wallet(row.wallet)
    return {
        "order": row,
        "wallet": wallet,
        "amount": wallet.money(row.amount),
        "credited": wallet.money(row.credited),
        "due": wallet.money(max(row.amount - row.credited, 0)),
        "channel": channel_name(row.channel, channel)
        if channel and row.state in OPEN
        else row.channel,
        "waits": row.state in OPEN and not _over(row),
        "over": row.state in OPEN and _over(row),
    }


def _over(row: RechargeOrder) -> bool:
    """Tell whether the time to pay is over, whether or not somebody has marked it so yet."""
    return row.expires_at is not None and row.expires_at <= _now()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock


addresses: Final = [
    path("orders", orders, name="orders"),
    path("orders/<number:number>", order, name="order"),
    path("orders/<number:number>/state", order_state, name="order-state"),
    path("orders/<number:number>/pay", pay_order, name="pay-order"),
    path("orders/<number:number>/close", close, name="close-order"),
]
