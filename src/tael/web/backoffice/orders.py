"""Recharge orders: found, looked into with all that the gateways said, closed.

Source: F-25, SM-01; reliability, section 3a (callback verdicts); peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.channels.queries import channels
from tael.money import Money
from tael.parties.audit_search import actor_names
from tael.parties.queries import customer_names
from tael.refusal import Refusal
from tael.wallet.lifecycles import ORDER, OrderEvent, OrderState
from tael.wallet.order_search import (
    OrdersWanted,
    notices_of,
    orders_found,
    payments_of,
)
from tael.wallet.recharge_order import close_order, order, order_number
from tael.wallet.suspense import left_of
from tael.web.backoffice.acted import see
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    currency_field,
    day_field,
    list_facts,
    list_page,
    text_field,
)
from tael.web.backoffice.notices import shown_notice
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.recharge_order import RechargeOrder
    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

STATES: Final = {
    "created": _("to be paid"),
    "partial": _("partly paid"),
    "success": _("paid"),
    "closed": _("closed"),
    "expired": _("expired"),
}


@page(may="orders.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List recharge orders, newest first."""
    there = [channel.identifier for channel in channels()]

    def read(asked: Asked, before: int | None) -> list[RechargeOrder]:
        currency = asked.currency()
        wanted = OrdersWanted(
            number=asked.text("number"),
            state=asked.word("state", STATES) or "",
            owner=asked.number("customer"),
            channel=asked.word("channel", there) or "",
            currency=currency,
            least=asked.minor("least", currency),
            most=asked.minor("most", currency),
            since=asked.begin_of("since"),
            until=asked.end_of("until"),
        )
        return orders_found(wanted, before=before, limit=PAGE + 1)

    fields = {
        "number": text_field(_("Order, sno, pno, gateway")),
        "state": choice_field(_("State"), STATES.items()),
        "customer": text_field(_("Customer"), inputmode="numeric"),
        "channel": choice_field(_("Channel"), [(name, name) for name in there]),
        "currency": currency_field(),
        "least": text_field(_("Amount from"), inputmode="decimal"),
        "most": text_field(_("to"), inputmode="decimal"),
        "since": day_field(_("From")),
        "until": day_field(_("Until")),
    }
    facts = list_facts(request.GET, fields, read=read, shown=_lines)
    return list_page(request, staff, "backoffice/orders.html", facts)


def _lines(rows: list[RechargeOrder]) -> list[dict[str, Any]]:
    names = customer_names(row.owner for row in rows)
    return [_line(row, names) for row in rows]


@page(may="orders.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one order with every notice received, what was credited, and what is in suspense."""
    return _shown(request, staff, number)


@page(may="wallets.operate", methods=("POST",))
def close(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Close an order that will not be paid."""
    try:
        instruction = told(request, actor=staff.actor)
        close_order(order=number, at=instruction.at, actor=staff.actor)
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    messages.success(request, gettext("Order %(number)s is closed.") % {"number": number})
    return see("order", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    row = order(number)
    payments = [shown_payment(payment) for payment in payments_of(number)]
    facts = {
        "row": _line(row, customer_names([row.owner])),
        "order": row,
        "names": actor_names([row.created_by]),
        "gateway_order": order_number(row),
        "notices": [shown_notice(notice) for notice in notices_of(number)],
        "payments": payments,
        "may_close": OrderEvent.CLOSE in ORDER.events_from(OrderState(row.state)),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/order.html", facts, staff=staff, status=status)


def _line(row: RechargeOrder, names: dict[int, str]) -> dict[str, Any]:
    unit = books.currencies()[row.currency].currency
    return {
        "number": row.pk,
        "owner": row.owner,
        "name": names.get(row.owner, ""),
        "wallet": row.wallet,
        "channel": row.channel,
        "amount": Money(row.amount, unit),
        "credited": Money(row.credited, unit),
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "created_at": row.created_at,
    }


def shown_payment(row: Any) -> dict[str, Any]:
    """Give a payment for a page."""
    unit = books.currencies()[row.currency].currency
    return {
        "number": row.number,
        "gateway": row.gateway,
        "refund": row.movement == "refunded",
        "order": row.order,
        "notice": row.notice,
        "amount": Money(row.amount, unit),
        "credited": Money(row.credited, unit),
        "refunded": Money(row.refunded, unit),
        "aside": Money(left_of(row), unit),
        "item": row.pk if row.verdict.startswith("suspense_") else None,
        "entries": row.entries,
        "verdict": row.verdict,
        "at": row.at,
    }


addresses: Final = [
    path("orders", listed, name="orders"),
    path("orders/<number:number>", one, name="order"),
    path("orders/<number:number>/close", close, name="order-close"),
]
