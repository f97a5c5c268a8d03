"""API keys that were shown a moment ago: most requests of a busy program are let in without a query.

A revoked key, or that of a customer who has been stopped, is worth nothing after `LIFE_SECONDS` at the
latest, as a setting that was changed elsewhere is in force by then (`tael.books.snapshot`). Keys that
are worth nothing are not kept, so nobody can fill the memory with them; of the others their hash is.

Source: reliability, T14; performance (a query costs more than the rest of the door).
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Final

from tael.books.connect import database
from tael.books.snapshot import LIFE_SECONDS
from tael.parties.api_key import authenticate

if TYPE_CHECKING:
    from tael.parties.api_key import ApiKey

KEPT_MAX: Final = 10_000

_kept: Final[dict[tuple[object, bytes], tuple[float, ApiKey]]] = {}


def known_key(text: str) -> ApiKey | None:
    """Give the API key of a text, None for one that is worth nothing."""
    place = (database(), hashlib.sha256(text.encode("utf-8", "replace")).digest())
    kept = _kept.get(place)
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    until = time.monotonic() + LIFE_SECONDS
    found = authenticate(text)
    if found is None:
        _kept.pop(place, None)
        return None
    if len(_kept) >= KEPT_MAX:
        _kept.clear()
    _kept[place] = (until, found)
    return found


def forget_keys() -> None:
    """Ask the database anew for every key, from the next request on."""
    _kept.clear()
