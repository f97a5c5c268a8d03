"""Taking an entry back (冲正), in whole or in part: a new entry that points to the old one.

Source: architecture, section 2; I12; B-09, B-10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tael.ledger.book import MAIN, Book
from tael.ledger.entry import Entry, Kind, Leg, Refused, Verdict
from tael.ledger.lock import lock
from tael.ledger.post import post
from tael.ledger.refusals import OverReversed
from tael.ledger.taken_back import read_taken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

REVERSAL: Final = Kind(
    "ledger.reversal",
    "Reversal of an entry",
    mixes=True,
    moves=("each account of the original: back by at most what the original moved",),
)


def reverse(
    connection: Connection,
    entry_id: int,
    *,
    key: UUID,
    actor: str,
    effective_at: datetime,
    amount: int | None = None,
    kind: Kind = REVERSAL,
    channel: str = "",
    sno: str | None = None,
    pno: str | None = None,
    code: str = "",
    info: str = "",
    data: Mapping[str, Any] | None = None,
    aliases: tuple[UUID, ...] = (),
    watch: tuple[int, ...] = (),
    book: Book = MAIN,
) -> Verdict:
    """Take back an entry, or ``amount`` of it; never more than it moved, however many try at once.

        each account of the original     the opposite of its leg, or a part of it

    A part comes back in the opposite order: what was drawn last is restored first, so that gift money that
    was spent first is given back last.

    Args:
        connection: in a transaction; the caller commits.
        entry_id: the original.
        key: idempotency key.
        actor: who asks.
        effective_at: when the reversal counts; there is no silent default.
        amount: minor units, > 0; None takes back all that is left. A part is for entries in one currency.
        kind: the reversal's kind.
        channel: over which channel.
        sno: the caller's serial number.
        pno: the outside world's number.
        code: the business operation's code.
        info: why.
        data: facts to keep.
        aliases: further keys.
        watch: accounts to lock with those of the original, and to tell the balances of. Who goes on to
            move others in the same transaction names them here, so that all are locked in one order.
        book: the set of books.

    Source: I12; A-F2.
    """
    accounts = list(read_taken(connection, [entry_id], book=book).originals.get(entry_id, {}))
    scene = lock(connection, [*accounts, *watch], [], book=book)
    left = read_taken(connection, [entry_id], book=book).left(entry_id)
    if amount is not None and len({scene.accounts[account].currency for account in left}) > 1:
        message = f"entry {entry_id} moves several currencies: take it back whole"
        return Refused(OverReversed(message, field="amount", allowed="the whole entry"))
    legs = _all(left) if amount is None else _part(left, amount)
    entry = Entry(
        kind=kind,
        legs=legs,
        key=key,
        effective_at=effective_at,
        actor=actor,
        channel=channel,
        sno=sno,
        pno=pno,
        code=code,
        info=info,
        data=data,
        reverses=entry_id,
        content=("reverse", entry_id, amount),
        aliases=aliases,
        watch=watch,
    )
    return post(connection, [entry], book=book)[0]


def _all(left: dict[int, int]) -> tuple[Leg, ...]:
    return tuple(Leg(account, amount) for account, amount in left.items() if amount)


def _part(left: dict[int, int], amount: int) -> tuple[Leg, ...]:
    """Take ``amount`` from each side, last leg first; more than is left stays visible and is refused later."""
    legs: list[Leg] = []
    for sign in (1, -1):
        rest = amount
        side = [
            (account, rest_of_leg)
            for account, rest_of_leg in left.items()
            if rest_of_leg * sign > 0
        ]
        for place, (account, rest_of_leg) in enumerate(reversed(side)):
            last = place == len(side) - 1
            part = rest if last else min(rest, abs(rest_of_leg))
            if part:
                legs.append(Leg(account, sign * part))
            rest -= part
    return tuple(legs)
