"""What a key stands for, in 128 bits: the same whether an entry comes alone or in a column of thousands.

Source: F-38; architecture, section 2 (idempotency).
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MIX: Final = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9)  # one for each half
_AGAIN: Final = 0x94D049BB133111EB
_WORD: Final = (1 << 64) - 1
_HALVES: Final = struct.Struct("<QQ")


def of_facts(*facts: Any) -> bytes:
    """Give the digest of anything that has a stable repr."""
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).digest()


@lru_cache(maxsize=1024)
def _seed(kind: str, channel: str) -> tuple[int, int]:
    """Give where the digests of a kind's plain transfers over a channel start from."""
    first, second = _HALVES.unpack(of_facts(kind, channel, None, None, "", "", None, []))
    return first, second


def of_transfer(kind: str, channel: str, payer: int, receiver: int, amount: int) -> bytes:
    """Give the digest of a plain transfer; all three numbers are within 1 .. 2**63 - 1."""
    halves = []
    for mixed, factor in zip(_seed(kind, channel), _MIX, strict=True):
        for number in (payer, receiver, amount):
            mixed = ((mixed ^ number) * factor) & _WORD  # noqa: PLW2901 - mixed step by step
            mixed = ((mixed ^ mixed >> 29) * _AGAIN) & _WORD  # noqa: PLW2901
            mixed ^= mixed >> 32  # noqa: PLW2901
        halves.append(mixed)
    return _HALVES.pack(*halves)


def of_transfers(
    kind: str,
    channel: str,
    payer: NDArray[np.int64],
    receiver: NDArray[np.int64],
    amount: NDArray[np.int64],
) -> NDArray[np.void]:
    """Give the digests of a column of plain transfers, dtype "V16"."""
    halves = np.empty((len(amount), 2), dtype="<u8")
    numbers = [column.astype(np.uint64) for column in (payer, receiver, amount)]
    for half, (seed, factor) in enumerate(zip(_seed(kind, channel), _MIX, strict=True)):
        mixed = np.full(len(amount), seed, dtype=np.uint64)
        for number in numbers:
            mixed = (mixed ^ number) * np.uint64(factor)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(_AGAIN)
            mixed ^= mixed >> np.uint64(32)
        halves[:, half] = mixed
    return halves.view("V16").reshape(-1)
