"""Announcing: an event is written in the transaction of what it tells, for each endpoint that wants it.

An event that nobody wants is not written.

Source: architecture, section 5 (transactional outbox); reliability T25.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from psycopg import Cursor

from tael import books
from tael.outbox.event_types import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tael.money import Money

_WRITE: Final = """
    WITH told AS (
        SELECT * FROM unnest(
            %(types)s::text[], %(sources)s::text[], %(ats)s::timestamptz[], %(payloads)s::text[],
            %(booked)s::timestamptz[]
        ) WITH ORDINALITY AS t (type, source, at, payload, booked, place)
    ), wanted AS (
        SELECT t.source, e.id AS endpoint FROM told AS t JOIN outbox_endpoint AS e
            ON e.disabled_at IS NULL AND (t.booked IS NULL OR e.added_at <= t.booked) AND (e.event_types = '{}' OR t.type = ANY (e.event_types))
    ), event AS (
        INSERT INTO outbox_event (type, source, at, payload)
        SELECT type, source, at, payload FROM told
        WHERE source IN (SELECT source FROM wanted) ORDER BY place
        ON CONFLICT (source) DO NOTHING
        RETURNING id, source
    )
    INSERT INTO outbox_delivery (event, endpoint, state, attempts)
    SELECT event.id, wanted.endpoint, 'waiting', 0 FROM event JOIN wanted USING (source) ORDER BY event.id
"""
_WANTED: Final = """
    SELECT EXISTS (
        SELECT FROM outbox_endpoint
        WHERE disabled_at IS NULL AND (event_types = '{}' OR event_types && %s::text[]::varchar[])
    )
"""


class Event(NamedTuple):
    """Something that happened.

    Args:
        type: one of `EVENT_TYPES`.
        source: the one thing that it tells of, "order.created:17"; a second event of it is none.
        at: when it took effect.
        data: what to tell; nothing that JSON cannot hold, no secrets.
        booked_at: when it was booked, where that was before now; who was added later is not told.
    """

    type: str
    source: str
    at: datetime
    data: Mapping[str, Any]
    booked_at: datetime | None = None


def announce(event: Event) -> None:
    """Write an event in the caller's transaction.

    Raises:
        TransactionManagementError: there is none, so that the event could part from what it tells.

    Source: architecture, section 5.
    """
    announce_all([event])


def announce_all(events: Sequence[Event]) -> int:
    """Write events in the caller's transaction, in one statement; give how many deliveries they make.

    Raises:
        TransactionManagementError: there is none.

    Source: architecture, section 5.
    """
    if not books.in_transaction():
        raise transaction.TransactionManagementError("an event shares the transaction it tells of")
    if not events:
        return 0
    assert all(event.type in EVENT_TYPES for event in events)
    values = {
        "types": [event.type for event in events],
        "sources": [event.source for event in events],
        "ats": [event.at for event in events],
        "payloads": [payload_of(event) for event in events],
        "booked": [event.booked_at for event in events],
    }
    return Cursor(books.connection()).execute(_WRITE, values).rowcount


def anybody_wants(types: Sequence[str]) -> bool:
    """Tell whether an endpoint wants events of one of these types.

    Source: architecture, section 5.
    """
    row = Cursor(books.connection()).execute(_WANTED, [list(types)]).fetchone()
    return bool(row and row[0])


def told_money(money: Money) -> dict[str, str]:
    """Write an amount as events carry it: a decimal text and its currency.

    Source: architecture, section 5.
    """
    return {"amount": money.text, "currency": money.currency.code}


def payload_of(event: Event) -> str:
    """Give the very text that is signed and sent, at every attempt.

    Source: architecture, section 5.
    """
    told = {"type": event.type, "timestamp": event.at.isoformat(), "data": dict(event.data)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
