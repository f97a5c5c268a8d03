"""What the journal booked is told once, with the figures of the flow record."""

from __future__ import annotations

import json

from builders import a_busy_wallet, a_wallet, in_parallel, queries
from outbox.receiving import STAFF, now
from tael.outbox.endpoint import add_endpoint
from tael.outbox.models import Event
from tael.postgres.connect import Databases
from tael.wallet.flow_events import tell_new_entries


def an_endpoint(*types: str) -> None:
    add_endpoint(url="https://example.com/hooks", event_types=types, actor=STAFF, at=now())


def test_every_operation_becomes_one_event_in_its_order(db: Databases) -> None:
    tell_new_entries()
    an_endpoint()
    wallet, _ = a_busy_wallet()

    assert tell_new_entries() == 9
    assert tell_new_entries() == 0

    events = list(Event.objects.order_by("pk"))
    assert [event.type for event in events] == [
        "recharge.credited",
        "recharge.credited",
        "charge.booked",
        "hold.opened",
        "charge.booked",
        "hold.released",
        "withdrawal.paid",
        "transfer.booked",
        "recharge.credited",
    ]
    assert [int(event.source.partition(":")[2]) for event in events] == sorted(
        int(event.source.partition(":")[2]) for event in events
    )
    told = json.loads(events[0].payload)["data"]
    assert told["into"] == wallet.number
    assert told["amount"] == {"amount": "100.00", "currency": "CNY"}
    assert told["changes"][0]["owner"] == wallet.owner


def test_two_that_tell_at_once_tell_each_entry_once(db: Databases) -> None:
    an_endpoint()
    a_busy_wallet()

    counts = in_parallel(*[tell_new_entries] * 4)

    assert sum(counts) + tell_new_entries() + tell_new_entries() == Event.objects.count() == 9


def test_without_anybody_who_wants_them_no_event_is_written_and_none_comes_later(
    db: Databases,
) -> None:
    an_endpoint("order.paid")
    a_wallet(free="1.00")
    tell_new_entries()
    an_endpoint()
    tell_new_entries()

    assert not Event.objects.exists()


def test_who_is_added_later_is_not_told_of_what_was_booked_before(db: Databases) -> None:
    """Also when nobody has told anything for a while."""
    an_endpoint("order.paid")
    a_wallet(free="1.00")
    an_endpoint()
    a_wallet(free="2.00")

    assert tell_new_entries() == 2

    (event,) = Event.objects.all()
    assert json.loads(event.payload)["data"]["amount"]["amount"] == "2.00"


def test_posting_asks_nothing_more_of_the_database(db: Databases) -> None:
    wallet = a_wallet(free="1.00")
    from builders import an_instruction, money
    from tael.wallet.deduct import deduct

    counts = []
    for _ in range(2):
        with queries() as seen:
            deduct(wallet=wallet, amount=money("0.10"), instruction=an_instruction())
        counts.append([query for query in seen if "outbox" in query])
        an_endpoint()

    assert counts == [[], []]
