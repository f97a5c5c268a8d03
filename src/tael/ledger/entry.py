"""What is asked of the ledger, and what it answers: entries (分錄), their legs, and the verdict on each.

Source: architecture, section 2; F-22.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from tael.ledger.digest import of_facts, of_transfer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from tael.refusal import Refusal

_END: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of entry.

    Args:
        code: stable, dotted, the package first: "wallet.recharge".
        title: what it is, for people.
        mixes: whether one entry of it may join client money with the house's own.
        moves: the postings it makes, one line each, as `docs/postings.md` prints them.
        gives_back: whether it only returns what an earlier entry took: it is no new act, and a blocked
            account takes part in it all the same. A closed one does not.
    """

    code: str
    title: str
    mixes: bool = False
    moves: tuple[str, ...] = ()
    gives_back: bool = False


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
        watch: accounts whose balances after this entry the verdict is to tell too. They are locked with the
            others; they have no part in what is asked.
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
    watch: tuple[int, ...] = ()
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def digest(self) -> bytes:
        """Give 16 bytes of what this entry asks for, whoever sends it and whenever."""
        if self._digest is None:
            self._digest = self._new_digest()
        return self._digest

    def _new_digest(self) -> bytes:
        content: Any = self.content
        if isinstance(content, bytes):
            return content
        if content is None:
            transfer = None if self.has_note else self._transfer()
            if transfer is not None:
                return of_transfer(self.kind.code, self.channel, *transfer)
            content = [tuple(leg) for leg in self.legs]
        return of_facts(
            self.kind.code,
            self.channel,
            self.sno,
            self.pno,
            self.code,
            self.info,
            self.reverses,
            content,
        )

    def _transfer(self) -> tuple[int, int, int] | None:
        """Give payer, receiver and amount, where that is all that is asked."""
        if self.reverses is not None or len(self.legs) != 2:
            return None
        one, other = self.legs
        if isinstance(one, Draw) or isinstance(other, Draw) or one.amount != -other.amount:
            return None
        payer, receiver = (one, other) if one.amount < 0 else (other, one)
        numbers = payer.account, receiver.account, receiver.amount
        return numbers if all(0 < number < _END for number in numbers) else None

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
    watched: tuple[tuple[int, int], ...] = ()  # account and balance, of those the entry watches


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
