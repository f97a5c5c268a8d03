"""Telling of what becomes of a recharge order, in the transaction in which it becomes so.

Source: F-25, SM-01; architecture, section 5 (transactional outbox).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.outbox.announce import Event, announce, told_money
from tael.wallet.lifecycles import OrderState
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.wallet.models import RechargeOrder

EVENTS: Final = {
    OrderState.CREATED: "order.created",
    OrderState.PARTIAL: "order.part_paid",
    OrderState.SUCCESS: "order.paid",
    OrderState.CLOSED: "order.closed",
    OrderState.EXPIRED: "order.expired",
}


def announce_order(row: RechargeOrder, *, at: datetime) -> None:
    """Announce the state that an order has just come into.

    Each state of an order is told once, parts of a payment once for each amount that has come in.

    Source: SM-01.
    """
    state = OrderState(row.state)
    money = find_wallet(row.wallet).money
    data = {
        "number": row.pk,
        "wallet": row.wallet,
        "owner": row.owner,
        "channel": row.channel,
        "amount": told_money(money(row.amount)),
        "credited": told_money(money(row.credited)),
        "state": state.value,
        "spend_only": row.spend_only,
        "sno": row.sno,
        "pno": row.pno,
        "code": row.code,
        "gateway_number": row.gateway_number,
        "expires_at": None if row.expires_at is None else row.expires_at.isoformat(),
    }
    part = f":{row.credited}" if state is OrderState.PARTIAL else ""
    announce(Event(EVENTS[state], f"order:{row.pk}:{state.value}{part}", at, data))
