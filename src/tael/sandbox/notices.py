"""What the sandbox tells its merchants: one event each, kept until it has been delivered.

Habits bend it: how many copies of each notice are sent, how late, and whether notices are kept back, which
to the merchant is silence. They hold for what happens from then on.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from tael.sandbox.refusals import SandboxRefused

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from tael.sandbox.store import Store

Seal = Literal[
    "good", "twice", "truncated", "empty", "missing", "another_secret", "another_merchant"
]
SEALS: Final = (
    "good",  # as it must be
    "twice",  # the good signature, and once more
    "truncated",
    "empty",
    "missing",  # no header at all
    "another_secret",  # made up by somebody who does not have the secret
    "another_merchant",  # genuine, by another merchant of ours with his own secret
)
BODIES: Final = (
    "as_signed",
    "reserialised",  # the same facts in other bytes
    "amount_twice",  # the amount a second time, another one; signed so
    "large",  # 100 kB; signed so
    "huge",  # 1 MB; signed so
    "no_json",  # signed so
)
COPIES_MAX: Final = 100
COPIES: Final = "copies"
KEEP_BACK: Final = "keep_back"
AFTER: Final = "after"
USUAL: Final = {COPIES: "1", KEEP_BACK: "no", AFTER: "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How one notice goes out.

    Args:
        seal: what becomes of its signature, one of `SEALS`.
        body: what becomes of its bytes, one of `BODIES`.
        shift: seconds by which its time is wrong; below zero it is old.
        after: seconds until it is sent.
        copies: how often, 1 to 100; all carry the same event.
        event: the event's number; None makes a new one.
        genuine: whether it happened, so that a question is answered by it too.
    """

    seal: str = "good"
    body: str = "as_signed"
    shift: int = 0
    after: float = 0
    copies: int = 1
    event: str | None = None
    genuine: bool = False

    def __post_init__(self) -> None:
        """Refuse what no sending can be."""
        if self.seal not in SEALS or self.body not in BODIES:
            raise SandboxRefused("There is no such way to send a notice.", field="seal")
        if not (1 <= self.copies <= COPIES_MAX and 0 <= self.after <= 86_400):
            raise SandboxRefused("So often or so late nothing is sent.", field="copies")
        if abs(self.shift) > 86_400 * 365:
            raise SandboxRefused("The time is too far away.", field="shift")


def tell(
    change: sqlite3.Connection,
    payment: sqlite3.Row,
    *,
    status: str,
    amount: str,
    now: float,
    event: str | None = None,
) -> None:
    """Write down that the merchant is to be told what happened, by the habits of the moment.

    Args:
        event: its number; None makes a new one.
    """
    habits = _habits(change)
    facts = facts_of(payment, status=status, amount=amount, at=now)
    plan(
        change,
        payment,
        facts,
        Sending(copies=int(habits[COPIES]), after=int(habits[AFTER]), event=event, genuine=True),
        now=now,
        state="kept" if habits[KEEP_BACK] == "yes" else "waiting",
    )


def facts_of(payment: sqlite3.Row, *, status: str, amount: str, at: float) -> dict[str, str]:
    """Give the facts of a notice as they are signed; all are text."""
    return {
        "merchant": payment["merchant"],
        "environment": "test",
        "order": payment["order_number"],
        "amount": amount,
        "currency": payment["currency"],
        "status": status,
        "number": payment["number"],
        "paid_at": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
    }


def plan(
    change: sqlite3.Connection,
    payment: sqlite3.Row,
    facts: Mapping[str, str],
    sending: Sending,
    *,
    now: float,
    state: str = "waiting",
) -> str:
    """Write notices down to be sent, and give the event's number."""
    event = sending.event or f"evt_{secrets.token_hex(12)}"
    text = json.dumps(dict(facts), ensure_ascii=False, separators=(",", ":"))
    # of an event that happened one notice is its record; further copies are only copies
    for copy in range(sending.copies):
        change.execute(
            "INSERT INTO notice (payment, event, facts, genuine, seal, body, shift, state, due,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                payment["id"],
                event,
                text,
                int(sending.genuine and copy == 0),
                sending.seal,
                sending.body,
                sending.shift,
                state,
                now + sending.after,
                now,
            ),
        )
    return event


def release(store: Store, *, now: float, newest_first: bool, apart: float = 0.5) -> int:
    """Let everything go that was kept back, one after the other; tell how many notices.

    Args:
        newest_first: out of order.
        apart: seconds between two.
    """
    order = "DESC" if newest_first else "ASC"
    with store.change() as change:
        kept = change.execute(
            f"SELECT id FROM notice WHERE state = 'kept' ORDER BY id {order}"
        ).fetchall()
        for place, row in enumerate(kept):
            change.execute(
                "UPDATE notice SET state = 'waiting', due = ? WHERE id = ?",
                (now + place * apart, row["id"]),
            )
    return len(kept)


def habits(store: Store) -> dict[str, str]:
    """Give how the sandbox behaves at present."""
    return USUAL | {row["name"]: row["value"] for row in store.rows("SELECT * FROM habit")}


def change_habits(store: Store, *, copies: int, keep_back: bool, after: int = 0) -> None:
    """Behave so from now on.

    Args:
        after: seconds until a notice is sent.

    Raises:
        SandboxRefused: nobody sends so many copies, or so late.
    """
    Sending(copies=copies, after=after)
    with store.change() as change:
        new = {COPIES: str(copies), KEEP_BACK: "yes" if keep_back else "no", AFTER: str(after)}
        for name, value in new.items():
            change.execute("INSERT OR REPLACE INTO habit VALUES (?, ?)", (name, value))


def _habits(change: sqlite3.Connection) -> dict[str, str]:
    rows = change.execute("SELECT * FROM habit").fetchall()
    return USUAL | {row["name"]: row["value"] for row in rows}
