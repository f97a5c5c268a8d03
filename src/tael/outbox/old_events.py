"""Events that have been told are forgotten after a while, with their deliveries and every attempt.

What they told of stays where it happened: in the journal, the orders, the audit trail.

Source: reliability T22, T25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.postgres.portions import PORTION

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

_OLD: Final = """
    SELECT id FROM outbox_event WHERE written_at < %(before)s AND id > %(after)s
    ORDER BY id LIMIT %(limit)s
"""
# locked before they are judged: a resend that comes between waits, and then finds nothing to send
_HELD: Final = "SELECT id, event, state, finished_at FROM outbox_delivery WHERE event = ANY (%s) ORDER BY id FOR UPDATE"
_REMOVE: Final = (
    "DELETE FROM outbox_attempt WHERE delivery = ANY (%(deliveries)s)",
    "DELETE FROM outbox_delivery WHERE id = ANY (%(deliveries)s)",
    "DELETE FROM outbox_event WHERE id = ANY (%(events)s)",
)


def forget_old_events(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Remove events written before a moment whose deliveries all ended before it; tell how many.

    Commits after each ``limit`` events. An event that waits for one endpoint stays for all.

    Args:
        owner: a connection of the database's owner.

    Source: T22, T25.
    """
    forgotten, after = 0, 0
    while True:
        rows = owner.execute(_OLD, {"before": before, "after": after, "limit": limit}).fetchall()
        events = [row[0] for row in rows]
        if events:
            forgotten += _forget(owner, events, before)
            after = events[-1]
        owner.commit()
        if len(events) < limit:
            return forgotten


def _forget(owner: Connection, events: list[int], before: datetime) -> int:
    held = owner.execute(_HELD, [events]).fetchall()
    kept = {
        event
        for _, event, state, finished_at in held
        if state == "waiting" or finished_at is None or finished_at >= before
    }
    facts = {
        "events": [event for event in events if event not in kept],
        "deliveries": [delivery for delivery, event, _, _ in held if event not in kept],
    }
    for statement in _REMOVE:
        owner.execute(statement, facts)
    return len(facts["events"])
