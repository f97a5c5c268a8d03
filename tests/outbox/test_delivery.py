"""A delivery goes on until it is taken or given up; every attempt is kept, and none is sent by two."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from standardwebhooks import Webhook

from builders import in_parallel
from outbox.receiving import STAFF, Receiver, an_event, later, now
from tael.outbox import delivery as deliveries
from tael.outbox.delivery import (
    LEASE,
    EndpointDisabled,
    UnknownDelivery,
    deliver_due,
    due_endpoints,
    resend,
)
from tael.outbox.endpoint import NewEndpoint, add_endpoint, disable_endpoint
from tael.outbox.models import Attempt, Delivery, Endpoint
from tael.postgres.connect import Databases


@pytest.fixture
def new(db: Databases, receiver: Receiver) -> NewEndpoint:
    return add_endpoint(url=receiver.url, actor=STAFF, at=now())


def the_delivery() -> Delivery:
    (found,) = Delivery.objects.all()
    return found


def test_an_event_arrives_signed_once_and_nothing_is_due_afterwards(
    receiver: Receiver, new: NewEndpoint
) -> None:
    an_event()
    number = new.endpoint.pk
    assert due_endpoints(at=now()) == [number]

    assert deliver_due(endpoint=number, clock=now) == 1
    assert deliver_due(endpoint=number, clock=now) == 0

    ((_, headers, body),) = receiver.came
    assert Webhook(new.secret).verify(body, headers)["type"] == "order.created"
    assert due_endpoints(at=now()) == []
    (attempt,) = Attempt.objects.all()
    assert (attempt.status, attempt.answer, attempt.problem) == (200, "ok", "")
    assert attempt.ended_at is not None
    assert the_delivery().state == "delivered"


def test_what_fails_is_tried_ten_times_over_75_hours_under_one_number_and_then_given_up(
    receiver: Receiver, new: NewEndpoint
) -> None:
    receiver.answer = 500
    an_event()
    begun = clock = now()

    while (waiting := the_delivery()).state == "waiting":
        clock = max(clock, waiting.due_at)
        deliver_due(endpoint=new.endpoint.pk, clock=partial(lambda time: time, clock))

    assert the_delivery().state == "given_up"
    assert timedelta(hours=75) <= clock - begun < timedelta(hours=84)
    assert len(receiver.came) == Attempt.objects.count() == 10
    assert len(set(receiver.events)) == 1
    assert {attempt.status for attempt in Attempt.objects.all()} == {500}


def test_an_answer_that_is_no_http_and_no_text_is_a_failure_like_another(
    receiver: Receiver, new: NewEndpoint
) -> None:
    """A NUL, which the database keeps in no text, must not leave the attempt without an end."""
    receiver.answer = lambda handler: handler.wfile.write(b"\x00\x01 good day\r\n")
    an_event()

    deliver_due(endpoint=new.endpoint.pk, clock=now)

    (attempt,) = Attempt.objects.all()
    assert attempt.ended_at is not None
    assert "good day" in attempt.problem
    assert the_delivery().due_at < now() + LEASE / 2, "tried again as the schedule says"


def test_an_endpoint_that_is_down_for_long_gathers_only_what_it_could_be_tried_for(
    receiver: Receiver, new: NewEndpoint
) -> None:
    """More comes in than one attempt at a time can try; what never had its turn is given up as well."""
    receiver.answer = 500
    an_event("order:1")
    tried, begun = the_delivery().pk, now()
    for hours in (0, 1, 2, 3):
        deliver_due(endpoint=new.endpoint.pk, clock=later(hours=hours))
    an_event("order:2")
    an_event("order:3")
    Delivery.objects.filter(attempts=0).update(due_at=begun)
    Delivery.objects.filter(pk=tried).update(due_at=begun - timedelta(hours=1))

    deliver_due(endpoint=new.endpoint.pk, clock=later(hours=84))

    assert [found.attempts for found in Delivery.objects.order_by("pk")] == [5, 0, 0]
    assert {found.state for found in Delivery.objects.all()} == {"given_up"}
    again = resend(delivery=tried, actor=STAFF, at=now() + timedelta(hours=84))
    deliver_due(endpoint=new.endpoint.pk, clock=later(hours=84, seconds=1))
    assert Delivery.objects.get(pk=again.pk).state == "waiting", "a new round has all of its time"


def test_a_failure_stops_the_round_and_the_next_message_waits_its_turn(
    receiver: Receiver, new: NewEndpoint
) -> None:
    receiver.answer = 503
    for number in range(3):
        an_event(f"order:{number}")

    assert deliver_due(endpoint=new.endpoint.pk, clock=now) == 0

    assert len(receiver.came) == 1
    assert Delivery.objects.filter(attempts=0, state="waiting").count() == 2


def test_an_endpoint_that_takes_its_time_gives_others_their_turn(
    receiver: Receiver, new: NewEndpoint
) -> None:
    for number in range(4):
        an_event(f"order:{number}")
    ticks = (now() + timedelta(seconds=4 * tick) for tick in range(100))

    assert deliver_due(endpoint=new.endpoint.pk, clock=partial(next, ticks)) == 2
    assert deliver_due(endpoint=new.endpoint.pk, clock=partial(next, ticks)) == 2


def test_410_switches_the_endpoint_off_and_drops_what_waits(
    receiver: Receiver, new: NewEndpoint
) -> None:
    receiver.answer = 410
    an_event("order:1")
    an_event("order:2")

    deliver_due(endpoint=new.endpoint.pk, clock=now)

    endpoint = Endpoint.objects.get()
    assert endpoint.disabled_at is not None
    assert "410" in endpoint.disabled_reason
    assert {found.state for found in Delivery.objects.all()} == {"dropped"}
    assert deliver_due(endpoint=new.endpoint.pk, clock=later(days=1)) == 0
    assert len(receiver.came) == 1


def test_resend_begins_anew_under_the_same_number(receiver: Receiver, new: NewEndpoint) -> None:
    an_event()
    deliver_due(endpoint=new.endpoint.pk, clock=now)

    again = resend(delivery=the_delivery().pk, actor=STAFF, at=now())
    assert (again.state, again.attempts) == ("waiting", 0)
    assert deliver_due(endpoint=new.endpoint.pk, clock=now) == 1

    assert len(receiver.came) == 2
    assert len(set(receiver.events)) == 1
    assert Attempt.objects.count() == 2


def test_nothing_is_resent_to_an_endpoint_that_is_off_and_an_unknown_one_is_said(
    receiver: Receiver, new: NewEndpoint
) -> None:
    an_event()
    disable_endpoint(number=new.endpoint.pk, actor=STAFF, at=now())

    with pytest.raises(EndpointDisabled):
        resend(delivery=the_delivery().pk, actor=STAFF, at=now())
    for number in (the_delivery().pk + 1, 0, 2**63):
        with pytest.raises(UnknownDelivery):
            resend(delivery=number, actor=STAFF, at=now())


def test_eight_workers_send_each_message_once(receiver: Receiver, new: NewEndpoint) -> None:
    for number in range(20):
        an_event(f"order:{number}")

    taken = in_parallel(*[lambda: deliver_due(endpoint=new.endpoint.pk, clock=now)] * 8)

    assert sum(taken) == 20
    assert len(receiver.events) == len(set(receiver.events)) == 20


def test_a_worker_that_dies_in_the_middle_leaves_a_begun_attempt_and_another_sends_again(
    receiver: Receiver, new: NewEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_event()

    def dies(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_conclude", dies)
        with pytest.raises(KeyboardInterrupt):
            deliver_due(endpoint=new.endpoint.pk, clock=now)
    assert Attempt.objects.get().ended_at is None
    assert deliver_due(endpoint=new.endpoint.pk, clock=now) == 0, "it is leased still"

    assert deliver_due(endpoint=new.endpoint.pk, clock=later(seconds=61)) == 1

    assert len(set(receiver.events)) == 1
    assert the_delivery().state == "delivered"


def test_sending_happens_in_no_transaction(receiver: Receiver, new: NewEndpoint) -> None:
    from django.db import transaction

    an_event()
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver_due(endpoint=new.endpoint.pk, clock=now)

    assert receiver.came == []
