"""The transfers that a benchmark makes: random pairs of funded accounts, each under a key of its own.

W1 spreads them evenly. W2 sends every second one into one account.

Source: issue 2, section 6; performance, W1 and W2.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import numpy as np

from tael import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

AMOUNT_MAX: Final = 1_000  # minor units
ACTOR: Final = "system"
TRANSFER: Final = ledger.Kind("bench.transfer", "Transfer of a benchmark")
_AHEAD: Final = 1_024
_VERSION_7: Final = 7 << 76
_VARIANT: Final = 2 << 62
_LOW_62: Final = (1 << 62) - 1


class Single(NamedTuple):
    """One transfer, amount in minor units."""

    key: UUID
    payer: int
    receiver: int
    amount: int


class Traffic:
    """An endless supply of transfers between accounts, the same for the same seed but for the keys.

    Args:
        accounts: the accounts that pay and are paid.
        seed: of the random pairs and amounts.
        hot: an account that every second transfer goes into; None for none.
    """

    def __init__(
        self, accounts: Sequence[int], *, seed: int | Sequence[int], hot: int | None = None
    ) -> None:
        """Draw nothing yet."""
        self._accounts = np.array(accounts, dtype=np.int64)
        self._random = np.random.default_rng(seed)
        self._hot = hot

    def pairs(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Draw payers, receivers and amounts; nobody pays himself."""
        many = len(self._accounts)
        payer = self._random.integers(0, many, count)
        receiver = (payer + self._random.integers(1, many, count)) % many
        amount = self._random.integers(1, AMOUNT_MAX + 1, count)
        payer, receiver = self._accounts[payer], self._accounts[receiver]
        if self._hot is not None:
            into = self._random.random(count) < 0.5
            receiver[into & (payer != self._hot)] = self._hot
        return payer, receiver, amount

    def columns(self, count: int) -> ledger.Transfers:
        """Draw a batch as columns."""
        payer, receiver, amount = self.pairs(count)
        return ledger.Transfers(
            payer=payer,
            receiver=receiver,
            amount=amount,
            keys=self.keys(count),
            kind=TRANSFER,
            effective_at=now(),
            actor=ACTOR,
        )

    def keys(self, count: int) -> NDArray[np.void]:
        """Make keys of the shape that ``ledger.key_of`` gives a UUIDv7: six bytes of time, ten of hash."""
        keys = np.empty((count, 16), dtype=np.uint8)
        keys[:, :6] = np.frombuffer(_milliseconds().to_bytes(6, "big"), dtype=np.uint8)
        keys[:, 6:] = self._random.integers(0, 256, (count, 10), dtype=np.uint8)
        return keys.view("V16").reshape(-1)

    def entries(self) -> Iterator[ledger.Entry]:
        """Draw entries one after the other, for ever."""
        at = now()
        for key, payer, receiver, amount in self.singles():
            yield ledger.Entry(
                kind=TRANSFER,
                legs=(ledger.Leg(payer, -amount), ledger.Leg(receiver, amount)),
                key=key,
                effective_at=at,
                actor=ACTOR,
            )

    def singles(self) -> Iterator[Single]:
        """Draw transfers one after the other, for ever, each under the key of a UUIDv7."""
        while True:
            rows = (column.tolist() for column in self.pairs(_AHEAD))
            noise = self._random.integers(0, 1 << 62, _AHEAD).tolist()
            for payer, receiver, amount, low in zip(*rows, noise, strict=True):
                yield Single(ledger.key_of(ACTOR, uuid7(low)), payer, receiver, amount)


def now() -> datetime:
    """Read the clock: a benchmark is its own caller."""
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def uuid7(low: int) -> str:
    """Make a UUIDv7 as a client sends it."""
    return str(UUID(int=_milliseconds() << 80 | _VERSION_7 | _VARIANT | low & _LOW_62))
