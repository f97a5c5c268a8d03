"""How fast somebody may ask: so many requests at once, made good again in so many seconds.

Each process counts for itself, in memory: a count that all processes share would be a write to the database
before each request. A caller who is spread over n processes therefore gets at most n times his pace
(ADR 13). Secrets are not guarded here but by `attempts`, whose count stands in the database.

Source: reliability, T23 and section 1 (OWASP API4).
"""

from __future__ import annotations

import ipaddress
import math
import re
import threading
from typing import ClassVar, Final, NamedTuple

from tael.refusal import Because, Refusal

KEPT_MAX: Final = 50_000  # callers, of some 200 bytes each
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,4})")
OFF: Final = "off"

_full_at: Final[dict[tuple[str, object], float]] = {}
_counting: Final = threading.Lock()


class TooManyRequests(Refusal):
    """More requests came from one caller than he may send in this time."""

    code = "too_many_requests"
    because: ClassVar[Because] = "too_often"
    rule = "T23"
    remedy = "Wait a minute and send the same request again; a program waits as long as Retry-After says."
    retry = True


class Pace(NamedTuple):
    """What one caller may ask of one sort.

    Args:
        name: of what is asked, so that the sorts are counted apart.
        at_once: requests that may come together; 0 for as many as anybody likes.
        seconds: after which so many may come together again.
    """

    name: str
    at_once: int
    seconds: float

    def __str__(self) -> str:
        """Write it for the one who was refused."""
        return f"{self.at_once} requests in {self.seconds:g} s"


def parse_pace(name: str, text: str) -> Pace | None:
    """Read a pace as an operator writes it; None for what is no pace.

    >>> parse_pace("api", "2000/10")
    Pace(name='api', at_once=2000, seconds=10.0)
    >>> parse_pace("api", "off").at_once
    0
    >>> parse_pace("api", "0/10") is None
    True
    """
    if text == OFF:
        return Pace(name, 0, 0.0)
    found = _WRITTEN.fullmatch(text)
    return Pace(name, int(found[1]), float(found[2])) if found else None


def keep_pace(pace: Pace, caller: object, *, at: float) -> None:
    """Count a request, and refuse it when the caller has used up what he may send.

    A refused request uses nothing up, so that one who keeps asking is let in as soon as one who waited.

    Args:
        caller: who asks: the number of a key or a user, or an address.
        at: seconds of a clock that never goes back (`time.monotonic`).

    Raises:
        TooManyRequests: with the whole seconds to wait.

    Source: T23.
    """
    if not pace.at_once:
        return
    place = (pace.name, caller)
    with _counting:
        full_at = _full_at.get(place, at)
        full_at = (max(at, full_at)) + pace.seconds / pace.at_once
        early = full_at - at - pace.seconds
        if early <= 1e-9:  # the sum of many equal parts is not exact
            _full_at[place] = full_at
            if len(_full_at) > KEPT_MAX:
                _make_room(at)
            return
    refusal = TooManyRequests("Too many requests came in a short time.", allowed=str(pace))
    refusal.wait_seconds = max(1, math.ceil(early))
    raise refusal


def caller_at(address: str) -> str:
    """Name the caller at an address: of IPv6 the network, because its holder has all addresses in it.

    >>> caller_at("2001:db8::1"), caller_at("192.0.2.7")
    ('2001:db8::/64', '192.0.2.7')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


def forget_paces() -> None:
    """Begin to count anew for everybody."""
    with _counting:
        _full_at.clear()


def _make_room(at: float) -> None:
    """Forget who has all of his pace again; if nearly nobody has, those who came first."""
    for place in [place for place, full_at in _full_at.items() if full_at <= at]:
        del _full_at[place]
    if len(_full_at) > KEPT_MAX // 2:
        for place in list(_full_at)[: KEPT_MAX // 2]:
            del _full_at[place]
