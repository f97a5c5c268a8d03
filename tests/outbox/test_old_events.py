"""Told events go with deliveries and attempts; one that still waits somewhere stays whole."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from jobs.working import ask, until
from outbox.receiving import STAFF, Receiver, an_event, now
from tael.outbox.delivery import UnknownDelivery, deliver_due, resend
from tael.outbox.endpoint import add_endpoint, disable_endpoint
from tael.outbox.models import Attempt, Delivery, Event
from tael.outbox.old_events import forget_old_events
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases

pytestmark = pytest.mark.rule("T22")


def forget(db: Databases, *, limit: int = 1000, **ahead: float) -> int:
    with db.owner() as owner:
        return forget_old_events(owner, before=now() + timedelta(**ahead), limit=limit)


def sources() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("source", flat=True))


def test_what_was_delivered_goes_whole_and_once(db: Databases, receiver: Receiver) -> None:
    number = add_endpoint(url=receiver.url, actor=STAFF, at=now()).endpoint.pk
    for count in range(5):
        an_event(f"order:{count}")
    deliver_due(endpoint=number, clock=now)
    audited = AuditRecord.objects.count()

    assert forget(db, hours=-1) == 0
    assert forget(db, limit=2, hours=1) == 5
    assert forget(db, limit=2, hours=1) == 0

    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()
    assert AuditRecord.objects.count() == audited


def test_an_event_that_waits_for_one_endpoint_stays_for_all(
    db: Databases, receiver: Receiver
) -> None:
    taken = add_endpoint(url=receiver.url, actor=STAFF, at=now()).endpoint.pk
    down = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    an_event("order:1")
    deliver_due(endpoint=taken, clock=now)

    assert forget(db, limit=1, hours=1) == 0
    assert (Delivery.objects.count(), Attempt.objects.count()) == (2, 1)
    disable_endpoint(number=down, actor=STAFF, at=now())
    assert forget(db, limit=1, hours=1) == 1


def test_one_that_stays_keeps_nobody_behind_it(db: Databases, receiver: Receiver) -> None:
    add_endpoint(url="https://a.example", event_types=["order.paid"], actor=STAFF, at=now())
    other = add_endpoint(
        url=receiver.url, event_types=["order.created"], actor=STAFF, at=now()
    ).endpoint.pk
    an_event("order:1", "order.paid")
    for count in range(2, 5):
        an_event(f"order:{count}")
    deliver_due(endpoint=other, clock=now)

    assert forget(db, limit=1, hours=1) == 3
    assert sources() == ["order:1"]


def test_a_delivery_that_ended_lately_keeps_an_old_event(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    an_event("order:1")
    disable_endpoint(number=number, actor=STAFF, at=now() + timedelta(days=2))

    assert forget(db, days=1) == 0
    assert forget(db, days=3) == 1
    with pytest.raises(UnknownDelivery):
        resend(delivery=1, actor=STAFF, at=now())


def test_a_resend_that_comes_between_keeps_the_event(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    an_event("order:1")
    Delivery.objects.update(state="given_up", finished_at=now())
    (found,) = Delivery.objects.all()
    begun, left = threading.Event(), []

    def remove() -> None:
        begun.set()
        left.append(forget(db, hours=1))

    removing = threading.Thread(target=remove)
    with transaction.atomic():
        resend(delivery=found.pk, actor=STAFF, at=now())
        removing.start()
        begun.wait()
        until(lambda: waits_for_a_row(db))
    removing.join()

    assert left == [0]
    assert Delivery.objects.get(endpoint=number).state == "waiting"


def waits_for_a_row(db: Databases) -> bool:
    query = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%outbox_delivery%'"
    return bool(ask(db, query))
