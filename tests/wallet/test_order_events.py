"""A recharge order's states are told in the transaction that brings them, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from builders import AT, a_customer, an_instruction, money
from outbox.receiving import STAFF, now
from tael.outbox.endpoint import add_endpoint
from tael.outbox.models import Event
from tael.wallet.recharge_order import close_order, confirm_order, create_order, expire_orders


@pytest.fixture
def told(db):
    add_endpoint(url="https://example.com/hooks", actor=STAFF, at=now())
    return lambda: list(Event.objects.order_by("pk").values_list("type", flat=True))


def an_order(key: str | None = None, **more):
    return create_order(
        owner=more.pop("owner", None) or a_customer(),
        amount=money("10.00"),
        instruction=an_instruction(key, channel="Alipay"),
        **more,
    )


def test_created_and_paid_are_told_once_however_often_they_are_asked_for(told):
    owner = a_customer()
    for _ in range(2):
        order = an_order("one", owner=owner)
    for _ in range(2):
        confirm_order(
            order=order.pk,
            owner=owner,
            amount=money("10.00"),
            instruction=an_instruction("two", channel="Alipay"),
        )
    an_order("one", owner=owner)

    assert told() == ["order.created", "order.paid"]


def test_closed_and_expired_are_told(told):
    close_order(order=an_order().pk, at=AT)
    an_order(expires_at=AT + timedelta(minutes=1))
    expire_orders(at=AT + timedelta(hours=1))
    expire_orders(at=AT + timedelta(hours=2))

    assert told() == ["order.created", "order.closed", "order.created", "order.expired"]


def test_what_is_rolled_back_is_not_told(told):
    with transaction.atomic():
        an_order()
        transaction.set_rollback(True)

    assert told() == []
