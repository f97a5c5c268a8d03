"""How one sandbox is set up: its folder, its merchants, how patiently it repeats a notice."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tael.sandbox.refusals import SandboxMisconfiguredError
from tael.sandbox.signature import read_secret
from tael.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = "TAEL_SANDBOX_FOLDER"
MERCHANTS: Final = "TAEL_SANDBOX_MERCHANTS"
BACKOFF: Final = "TAEL_SANDBOX_BACKOFF"
USUAL_BACKOFF: Final = "5 15 60 300 900 3600 7200 21600 43200"
"""Seconds from one attempt to the next; afterwards the notice is given up and must be asked for."""


@dataclass(frozen=True, slots=True)
class House:
    """One sandbox.

    Args:
        merchants: the secret of each.
        backoff: seconds from each attempt to the next.
    """

    store: Store
    merchants: dict[str, bytes] = field(repr=False)
    backoff: tuple[float, ...]


def set_up(environment: Mapping[str, str]) -> House:
    """Set the sandbox up as an environment says.

    Raises:
        SandboxMisconfiguredError: naming the variable that is wrong.
    """
    folder = environment.get(FOLDER, "")
    if not folder:
        raise SandboxMisconfiguredError(f"{FOLDER} is not set")
    merchants: dict[str, bytes] = {}
    for part in environment.get(MERCHANTS, "").split():
        name, _, secret = part.partition("=")
        try:
            merchants[name] = read_secret(secret)
        except ValueError as error:
            raise SandboxMisconfiguredError(f"{MERCHANTS}: {name[:40]}: {error}") from None
    if not merchants:
        raise SandboxMisconfiguredError(f"{MERCHANTS} names no merchant")
    try:
        backoff = tuple(float(one) for one in environment.get(BACKOFF, USUAL_BACKOFF).split())
    except ValueError:
        raise SandboxMisconfiguredError(f"{BACKOFF} is not a list of seconds") from None
    return House(Store(Path(folder)), merchants, backoff)


@lru_cache(maxsize=1)
def house() -> House:
    """Give the sandbox of this process."""
    return set_up(os.environ)
