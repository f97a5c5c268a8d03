"""Plain transfers by the hundred thousand: the same rules as ``post``, evaluated over whole columns.

Source: architecture, section 2; performance, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from tael.ledger.arrays import microseconds
from tael.ledger.book import MAIN, Book
from tael.ledger.digest import of_transfers
from tael.ledger.entry import Entry, Leg, Refused, Verdict
from tael.ledger.plain import Plain, PlainLines, book_plain
from tael.ledger.post import post

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from psycopg import Connection

    from tael.ledger.entry import Kind
    from tael.ledger.numbers import Numbers
    from tael.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """Plain transfers of one kind, column by column.

    Args:
        payer: account numbers that give. receiver: account numbers that get.
        amount: minor units, > 0.
        keys: one 16-byte key a row, as ``key_of(...).bytes``, dtype "V16".
        kind: what sort of movement. effective_at: when it counts. actor: who. channel: over which channel.
    """

    payer: NDArray[np.int64]
    receiver: NDArray[np.int64]
    amount: NDArray[np.int64]
    keys: NDArray[np.void]
    kind: Kind
    effective_at: datetime
    actor: str
    channel: str = ""

    def __len__(self) -> int:
        """Count the transfers."""
        return len(self.amount)

    def digests(self) -> NDArray[np.void]:
        """Give 128 bits of what each row asks for: the digest of the same transfer as an entry."""
        return of_transfers(self.kind.code, self.channel, self.payer, self.receiver, self.amount)

    def entries(self) -> list[Entry]:
        """Give the same transfers as entries, for the path that judges them one by one."""
        rows = zip(
            self.payer.tolist(),
            self.receiver.tolist(),
            self.amount.tolist(),
            self.keys.tolist(),
            strict=True,
        )
        return [
            Entry(
                kind=self.kind,
                # what is not positive is no transfer, and is refused for want of legs
                legs=(Leg(payer, -amount), Leg(receiver, amount)) if amount > 0 else (),
                key=UUID(bytes=key),
                effective_at=self.effective_at,
                actor=self.actor,
                channel=self.channel,
            )
            for payer, receiver, amount, key in rows
        ]


@dataclass(frozen=True, slots=True)
class ColumnsPosted:
    """What became of each transfer.

    ``entry_ids``: the entry, 0 where it was refused. ``replayed``: whether it had been booked before.
    ``refusals``: place in the batch and why.
    """

    entry_ids: NDArray[np.int64]
    replayed: NDArray[np.bool_]
    refusals: dict[int, Refusal]


def post_columns(
    connection: Connection, transfers: Transfers, *, book: Book = MAIN
) -> ColumnsPosted:
    """Book a batch of plain transfers; the caller commits. Some thousands at a time is fastest.

        payer -amount
        receiver +amount

    Raises:
        KeyInFlight: another transaction is writing one of the keys; roll back and retry.
        AccountBusy: an account stayed locked for longer than the connection waits; roll back and retry.
    """
    many = len(transfers)
    if not many:
        return ColumnsPosted(np.empty(0, np.int64), np.empty(0, np.bool_), {})

    def answer(numbers: Numbers, _: PlainLines) -> ColumnsPosted:
        ids = numbers.entry_first + np.arange(many, dtype=np.int64)
        return ColumnsPosted(ids, np.zeros(many, dtype=np.bool_), {})

    posted = None
    if bool((transfers.amount > 0).all()):
        posted = book_plain(connection, _plain(transfers), book, answer=answer)
    return posted or _one_by_one(connection, transfers, book)


def _plain(transfers: Transfers) -> Plain:
    amount = transfers.amount
    return Plain(
        account=np.stack((transfers.payer, transfers.receiver), axis=1).reshape(-1),
        amount=np.stack((-amount, amount), axis=1).reshape(-1),
        keys=transfers.keys,
        effective=microseconds(transfers.effective_at),
        earliest=transfers.effective_at,
        digests=transfers.digests,
        kind=transfers.kind,
        channel=transfers.channel,
        actor=transfers.actor,
    )


def _one_by_one(connection: Connection, transfers: Transfers, book: Book) -> ColumnsPosted:
    verdicts: list[Verdict] = post(connection, transfers.entries(), book=book)
    ids = np.array([0 if isinstance(v, Refused) else v.entry_id for v in verdicts], dtype=np.int64)
    replayed = np.array(
        [not isinstance(v, Refused) and v.replayed for v in verdicts], dtype=np.bool_
    )
    return ColumnsPosted(
        ids, replayed, {at: v.refusal for at, v in enumerate(verdicts) if isinstance(v, Refused)}
    )
