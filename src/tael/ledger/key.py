"""Idempotency keys: 128 bits made of who asks and the name that he gave to his request.

Source: architecture, section 2; A-F2.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

_UUID_TEXT = 36
_TIME_ORDERED = 7


def key_of(caller: str, text: str) -> UUID:
    """Give the ledger's key for ``text`` sent by ``caller``.

    Two callers never share a key, whatever they send. A UUID of version 7 keeps its time and so its
    place at the end of the index, where writing costs least; any other text is hashed whole.

    >>> key_of("key:1", "order-17") == key_of("key:1", "order-17")
    True
    >>> key_of("key:1", "order-17") == key_of("key:2", "order-17")
    False
    """
    digest = hashlib.blake2b(f"{len(caller)}:{caller}:{text}".encode(), digest_size=16).digest()
    sent = _time_ordered(text)
    if sent is None:
        return UUID(bytes=digest)
    return UUID(bytes=sent.bytes[:6] + digest[6:])


def _time_ordered(text: str) -> UUID | None:
    if len(text) != _UUID_TEXT:
        return None
    try:
        sent = UUID(text)
    except ValueError:
        return None
    return sent if sent.version == _TIME_ORDERED else None
