"""A test event reaches the one endpoint, signed, whatever it has chosen; nobody else is told."""

from __future__ import annotations

import json

import pytest
from standardwebhooks import Webhook

from outbox.receiving import STAFF, Receiver, now
from tael.outbox.delivery import EndpointDisabled, deliver_due
from tael.outbox.endpoint import UnknownEndpoint, add_endpoint, disable_endpoint
from tael.outbox.models import Delivery, Event
from tael.outbox.trial import send_trial
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases


def test_it_comes_signed_to_the_one_endpoint(db: Databases, receiver: Receiver) -> None:
    add_endpoint(url="https://example.com/others", actor=STAFF, at=now())
    new = add_endpoint(url=receiver.url, event_types=["order.paid"], actor=STAFF, at=now())
    number = new.endpoint.pk

    first, second = (send_trial(number=number, actor=STAFF, at=now(), key="k") for _ in range(2))
    assert deliver_due(endpoint=number, clock=now) == 1

    assert first.pk == second.pk == Delivery.objects.get().pk
    ((_, headers, body),) = receiver.came
    told = Webhook(new.secret).verify(body, headers)
    assert told["type"] == "endpoint.tested"
    assert told["data"] == {"endpoint": number, "asked_by": STAFF}
    assert json.loads(Event.objects.get().payload) == told
    assert AuditRecord.objects.filter(action="webhook.test").count() == 1


def test_another_key_is_another_event(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    for key in ("a", "b"):
        send_trial(number=number, actor=STAFF, at=now(), key=key)

    assert Event.objects.count() == 2


def test_an_endpoint_that_is_off_or_unknown_is_said(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    disable_endpoint(number=number, actor=STAFF, at=now())

    with pytest.raises(EndpointDisabled):
        send_trial(number=number, actor=STAFF, at=now(), key="k")
    with pytest.raises(UnknownEndpoint):
        send_trial(number=number + 1, actor=STAFF, at=now(), key="k")
    assert not Event.objects.exists()
