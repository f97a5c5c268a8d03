"""Recharge orders whose gateway says nothing (漏單): the gateway is asked, and its answer counts as a notice.

An order is asked about when it has waited for some minutes, then each time that its age has doubled,
for three days; also when it is closed or its time is over, because the money may have come before.

Source: F-25, SM-01; reliability T8 (no callback at all), section 3a.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import connection
from django.db.models import Q

from tael.channels.gateways.base import GatewayUnreachable
from tael.channels.gateways.registry import gateway, gateway_channels
from tael.refusal import Refusal
from tael.wallet.lifecycles import OrderState
from tael.wallet.models import GatewayNotice, RechargeOrder
from tael.wallet.notice import take_answer
from tael.wallet.order_credit import ASKED_AGAIN_AFTER
from tael.wallet.recharge_order import order as find_order
from tael.wallet.recharge_order import order_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from tael.wallet.notice import Outcome

FIRST_AFTER: Final = timedelta(minutes=5)
GIVEN_UP_AFTER: Final = timedelta(days=3)


class Asked(NamedTuple):
    """What one round of questions brought.

    Args:
        orders: how many orders were asked about.
        outcomes: what became of the answers that told something new.
        failed: the orders whose question or answer was refused, and why.
    """

    orders: int
    outcomes: tuple[Outcome, ...]
    failed: tuple[tuple[int, Refusal], ...]


def ask_gateways(*, at: datetime, waited: timedelta = FIRST_AFTER, limit: int = 200) -> Asked:
    """Ask the gateways about the orders that have waited; may run at any time, twice or in parallel.

    A gateway that does not answer is left alone until the next round. Not inside a transaction.

    Args:
        waited: how old an order is before it is asked about.
        limit: the most orders of one gateway in one round, oldest first.

    Source: reliability T8 (no callback at all: poller).
    """
    return ask_each(_waiting(at, waited, limit), at=at)


def ask_each(orders: Iterable[tuple[int, str]], *, at: datetime) -> Asked:
    """Ask about orders, each with its channel; a gateway that does not answer is asked no more.

    Source: reliability T8.
    """
    asked = 0
    outcomes: list[Outcome] = []
    failed: list[tuple[int, Refusal]] = []
    down: set[str] = set()
    for number, channel in orders:
        if channel in down:
            continue
        asked += 1
        try:
            outcomes += ask_about(number, at=at)
        except GatewayUnreachable as refusal:
            down.add(channel)
            failed.append((number, refusal))
        except Refusal as refusal:
            _ask_again_later(number, at)
            failed.append((number, refusal))
    return Asked(asked, tuple(outcomes), tuple(failed))


def ask_about(number: int, *, at: datetime) -> list[Outcome]:
    """Ask the gateway of one order what became of it, and let what is new have its effect, once.

    Not inside a transaction: the gateway is asked over the network.

    Raises:
        UnknownOrder: there is none.
        UnknownGateway: no gateway stands behind its channel.
        GatewayUnreachable: the gateway does not answer.
        NoticeRefused: one of its kinds: the answer cannot be believed.

    Source: reliability T8, section 3a.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a gateway is never asked inside a transaction")
    row = find_order(number)
    told = gateway(row.channel).query(order_number(row), at=at)
    known = set(
        GatewayNotice.objects.filter(
            gateway=row.channel, event__in=[notice.event_id for notice in told]
        ).values_list("event", flat=True)
    )
    outcomes = [
        take_answer(notice, channel=row.channel, at=at)
        for notice in told
        if notice.event_id not in known
    ]
    _ask_again_later(number, at)
    return outcomes


def _waiting(at: datetime, waited: timedelta, limit: int) -> list[tuple[int, str]]:
    rows = RechargeOrder.objects.filter(
        ~Q(state=OrderState.SUCCESS.value),
        Q(ask_at__isnull=True) | Q(ask_at__lte=at),
        created_at__gt=at - GIVEN_UP_AFTER,
        created_at__lte=at - waited,
    )
    return of_each_gateway(rows.order_by("created_at", "pk"), limit)


def of_each_gateway(orders: QuerySet[RechargeOrder], limit: int) -> list[tuple[int, str]]:
    """Give the first orders of each gateway, with its channel: those of one that is down fill no other's turn.

    Source: reliability T8.
    """
    found: list[tuple[int, str]] = []
    for channel in gateway_channels():
        found += orders.filter(channel=channel).values_list("pk", "channel")[:limit]
    return found


def _ask_again_later(number: int, at: datetime) -> None:
    """Let an order's age double before it is asked about again; of a paid one, let it grow by a quarter."""
    created_at, state = RechargeOrder.objects.values_list("created_at", "state").get(pk=number)
    age = at - created_at
    paid = state == OrderState.SUCCESS
    again = at + (max(age / 4, ASKED_AGAIN_AFTER) if paid else max(age, timedelta(minutes=1)))
    RechargeOrder.objects.filter(pk=number).update(ask_at=again)
