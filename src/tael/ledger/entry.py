"""What is asked of the ledger, and what it answers: entries (分錄), their legs, and the verdict on each.

Source: architecture, section 2; F-22.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from tael.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of entry.

    Args:
        code: stable, dotted, the package first: "wallet.recharge".
        title: what it is, for people.
        mixes: whether one entry of it may join client money with the house's own.
        moves: the postings it makes, one line each, as `docs/postings.md` prints them.
    """

    code: str
    title: str
    mixes: bool = False
    moves: tuple[str, ...] = ()


class Leg(NamedTuple):
    """So much into an account (amount > 0) or out of it (amount < 0), in minor units."""

    account: int
    amount: int


class Draw(NamedTuple):
    """``amount`` (> 0, minor units) out of several accounts: all there is from the first, the rest from the next."""

    accounts: tuple[int, ...]
    amount: int


@dataclass(slots=True, kw_only=True)  # frozen would cost more than judging it
class Entry:
    """One balanced movement of money, as asked. A value: nothing changes it once it is made.

    Args:
        kind: what sort of movement.
        legs: what goes where; sums to zero in each currency.
        key: the idempotency key; see ``key_of``.
        effective_at: when it counts. Not part of what the key stands for: a caller who lets people choose
            the date puts it into ``content``.
        actor: who asked, "user:10012" or "key:3".
        channel: over which channel.
        sno: the caller's serial number. pno: the outside world's number.
        code: the business operation's code. info: free text for the statement.
        data: facts to keep with the entry, plain JSON.
        reverses: the entry that this one takes back in whole or in part.
        content: what was asked, where ``legs`` follow from live state such as a rate; compared on replay.
            Bytes are taken for the digest itself.
        aliases: further keys under which the same entry must not be written again.
    """

    kind: Kind
    legs: tuple[Leg | Draw, ...]
    key: UUID
    effective_at: datetime
    actor: str
    channel: str = ""
    sno: str | None = None
    pno: str | None = None
    code: str = ""
    info: str = ""
    data: Mapping[str, Any] | None = None
    reverses: int | None = None
    content: tuple[Any, ...] | bytes | None = None
    aliases: tuple[UUID, ...] = ()

    def digest(self) -> bytes:
        """Give 16 bytes of what this entry asks for, whoever sends it and whenever."""
        content = self.content
        if isinstance(content, bytes):
            return content
        asked = [tuple(leg) for leg in self.legs] if content is None else content
        facts = (
            self.kind.code,
            self.channel,
            self.sno,
            self.pno,
            self.code,
            self.info,
            self.reverses,
            asked,
        )
        return hashlib.blake2b(repr(facts).encode(), digest_size=16).digest()

    @property
    def has_note(self) -> bool:
        """Tell whether there are words to keep with the entry."""
        return bool(self.sno or self.pno or self.code or self.info or self.data is not None)

    @property
    def data_text(self) -> str | None:
        """Give the facts to keep, as JSON."""
        return None if self.data is None else json.dumps(dict(self.data), separators=(",", ":"))


class PostedLeg(NamedTuple):
    """One leg as it was booked."""

    account: int
    amount: int
    balance_after: int


class Posted(NamedTuple):
    """The entry is in the books, from the caller's commit on."""

    entry_id: int
    legs: tuple[PostedLeg, ...]
    booked_at: datetime
    effective_at: datetime
    first_posting: int  # the number of its first line; the others follow it
    replayed: Literal[False] = False


class Replayed(NamedTuple):
    """The key had been used for the same content before: this is the first answer, and nothing moved."""

    entry_id: int
    legs: tuple[PostedLeg, ...]
    booked_at: datetime
    effective_at: datetime
    first_posting: int
    replayed: Literal[True] = True


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule said no to this entry. It wrote nothing and its key is still free."""

    refusal: Refusal


Verdict = Posted | Replayed | Refused
