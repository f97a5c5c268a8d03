"""The ways through a site that stand beside every page of it.

Source: peers, section 4; architecture, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, get_script_prefix, reverse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the menu: the name of an address, what it is called, its icon, and who may go."""

    name: str
    label: _StrPromise
    icon: str
    may: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Ways that belong together, under a heading or none.

    Args:
        when: tells of a customer's visitor whether the part is for him; None shows it to everybody.
    """

    label: _StrPromise | str
    ways: tuple[Way, ...]
    when: Callable[[Any], bool] | None = None


def shown(
    parts: Sequence[Part], request: HttpRequest, staff: Any, visitor: Any = None
) -> list[dict[str, Any]]:
    """Give the parts with the ways that are open to whoever is signed in, the one he is on marked.

    Args:
        staff: who decides by `may(…)`; a customer has no such thing and goes wherever his menu goes.
        visitor: the customer's user at the page, of whom parts ask whether they are for him.
    """
    found = [
        (part, [way for way in part.ways if _open(way, staff)])
        for part in parts
        if part.when is None or part.when(visitor)
    ]
    here = _here([way for _, ways in found for way in ways], request.path)
    return [
        {
            "label": part.label,
            "ways": [
                {"way": way, "address": address, "here": way is here}
                for way in ways
                if (address := _address(way))
            ],
        }
        for part, ways in found
        if any(map(_address, ways))
    ]


def _open(way: Way, staff: Any) -> bool:
    return not way.may or staff is None or bool(staff.may(way.may))


def _address(way: Way) -> str:
    return _address_of(way.name, get_script_prefix())


@cache
def _address_of(name: str, prefix: str) -> str:  # noqa: ARG001 - another prefix gives another address
    """Look an address up once; each page shows forty of them."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _here(ways: list[Way], path: str) -> Way | None:
    """Find the way whose address is the longest beginning of a path: a detail belongs to its list."""
    under = [
        (len(address), index)
        for index, way in enumerate(ways)
        if (address := _address(way))
        and (path == address or (not address.endswith("/") and path.startswith(f"{address}/")))
    ]
    return ways[max(under)[1]] if under else None
