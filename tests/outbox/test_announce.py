"""An event shares the fate of what it tells, is written once, and only for those who want it."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from outbox.receiving import STAFF, an_event, now
from tael.outbox.announce import Event, announce, anybody_wants
from tael.outbox.endpoint import add_endpoint, disable_endpoint
from tael.outbox.models import Delivery
from tael.outbox.models import Event as EventRow
from tael.postgres.connect import Databases

URL = "https://example.com/hooks"


def an_endpoint(*types: str) -> int:
    return add_endpoint(url=URL, event_types=types, actor=STAFF, at=now()).endpoint.pk


def test_outside_a_transaction_nothing_can_be_announced(db: Databases) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        announce(Event("order.created", "order:1", now(), {}))


def test_an_event_that_is_rolled_back_was_never_there(db: Databases) -> None:
    an_endpoint()
    with transaction.atomic():
        announce(Event("order.created", "order:1", now(), {}))
        transaction.set_rollback(True)

    assert not EventRow.objects.exists()


def test_what_nobody_wants_is_not_written(db: Databases) -> None:
    disable_endpoint(number=an_endpoint(), actor=STAFF, at=now())
    an_endpoint("order.paid")

    an_event()

    assert not EventRow.objects.exists()
    assert anybody_wants(["order.paid", "order.created"])
    assert not anybody_wants(["order.created"])


def test_each_endpoint_that_wants_it_gets_it_and_the_same_thing_is_told_once(db: Databases) -> None:
    wanting = {an_endpoint(), an_endpoint("order.created", "order.paid")}
    an_endpoint("order.paid")

    an_event()
    an_event()

    (event,) = EventRow.objects.all()
    assert {delivery.endpoint_id for delivery in Delivery.objects.all()} == wanting
    told = json.loads(event.payload)
    assert told["type"] == "order.created"
    assert told["data"] == {"number": 1, "text": "兩"}
    assert told["timestamp"].endswith("+00:00")
