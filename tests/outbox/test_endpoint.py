"""Endpoints: the secret is given once, every change is in the audit trail, and off means off."""

from __future__ import annotations

import pytest

from outbox.receiving import STAFF, an_event, now
from tael.outbox.address import WebhookUrlMalformed
from tael.outbox.endpoint import (
    UnknownEndpoint,
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
)
from tael.outbox.event_types import UnknownEventType
from tael.outbox.models import Delivery
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases

URL = "https://example.com/hooks"


def test_adding_gives_a_secret_that_the_audit_trail_does_not_have(db: Databases) -> None:
    new = add_endpoint(url=URL, event_types=["order.paid"], actor=STAFF, at=now())

    assert new.secret.startswith("whsec_")
    (record,) = AuditRecord.objects.filter(action="webhook.add")
    assert record.subject == f"webhook:{new.endpoint.pk}"
    assert new.secret not in str(record.details)


def test_an_unknown_type_and_a_bad_address_are_refused(db: Databases) -> None:
    with pytest.raises(UnknownEventType):
        add_endpoint(url=URL, event_types=["order.eaten"], actor=STAFF, at=now())
    with pytest.raises(WebhookUrlMalformed):
        add_endpoint(url="http://example.com", actor=STAFF, at=now())


def test_switching_off_drops_what_waits_and_switching_on_begins_with_what_comes(
    db: Databases,
) -> None:
    number = add_endpoint(url=URL, actor=STAFF, at=now()).endpoint.pk
    an_event("order:1")
    for _ in range(2):
        disable_endpoint(number=number, actor=STAFF, at=now(), reason="moved")
    an_event("order:2")
    for _ in range(2):
        enable_endpoint(number=number, actor=STAFF, at=now())
    an_event("order:3")

    states = list(Delivery.objects.order_by("pk").values_list("event__source", "state"))
    assert states == [("order:1", "dropped"), ("order:3", "waiting")]
    actions = list(AuditRecord.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["webhook.add", "webhook.disable", "webhook.enable"]


def test_changing_what_an_endpoint_is_told_counts_from_the_next_event_and_is_on_record(
    db: Databases,
) -> None:
    number = add_endpoint(url=URL, event_types=["order.paid"], actor=STAFF, at=now()).endpoint.pk
    an_event("order:1")
    for _ in range(2):
        change_endpoint(number=number, event_types=["order.created"], actor=STAFF, at=now())
    an_event("order:2")

    assert [found.event.source for found in Delivery.objects.all()] == ["order:2"]
    (record,) = AuditRecord.objects.filter(action="webhook.change")
    assert record.details["to"] == {"event_types": ["order.created"]}
    with pytest.raises(UnknownEventType):
        change_endpoint(number=number, event_types=["order.eaten"], actor=STAFF, at=now())
    named = change_endpoint(number=number, description="our shop", actor=STAFF, at=now())
    assert (named.description, named.event_types) == ("our shop", ["order.created"])


@pytest.mark.parametrize("number", [1, 0, -1, 2**63])
def test_an_endpoint_that_is_not_there_is_said(db: Databases, number: int) -> None:
    with pytest.raises(UnknownEndpoint):
        disable_endpoint(number=number, actor=STAFF, at=now())
