"""Whose request it is: the address that speaks to us or, where that is our own proxy, whom it speaks for.

What is counted by address, and what sessions and the audit trail show, reads `REMOTE_ADDR`. Behind a proxy that
would be the proxy's for everybody. Of the list that proxies write into `X-Forwarded-For`, each adds at its end whom
it heard; all before what our own proxies wrote may be made up.

Source: reliability, T16, T23.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Environ = dict[str, Any]

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"
SAID: Final = "HTTP_X_FORWARDED_FOR"
LONGEST: Final = 2_000  # of what is said; nobody has so many proxies


class Caller:
    """The application, told the address of who asks.

    Args:
        proxies: ours; what others say of somebody's address is not believed.
    """

    def __init__(
        self,
        application: Callable[[Environ, Any], Iterable[bytes]],
        *,
        proxies: tuple[Network, ...],
    ) -> None:
        """Begin."""
        self._application = application
        self._proxies = proxies

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request of somebody."""
        said = environ.get(SAID, "")
        if said and self._proxies:
            near = str(environ.get("REMOTE_ADDR", ""))
            environ["REMOTE_ADDR"] = caller_of(near, said, self._proxies)
        return self._application(environ, start_response)


def caller_of(near: str, said: str, proxies: tuple[Network, ...]) -> str:
    """Give the address of who asks: the last one that is no proxy of ours.

    Args:
        near: the address that speaks to us.
        said: the addresses that it says it speaks for, the nearest last.

    >>> ours = parse_networks("10.0.0.0/8")
    >>> caller_of("10.0.0.1", "8.8.8.8, 192.0.2.7, 10.0.0.2", ours)
    '192.0.2.7'
    >>> caller_of("192.0.2.7", "8.8.8.8", ours)
    '192.0.2.7'
    """
    caller = near
    for entry in reversed(said[-LONGEST:].split(",")):
        if not _is_among(caller, proxies):
            break
        address = _address(entry)
        if address is None:  # nobody knows what stands before it
            break
        caller = address
    return caller


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas or spaces.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ipaddress.ip_network(each) for each in text.replace(",", " ").split())


def _is_among(address: str, networks: tuple[Network, ...]) -> bool:
    known = _address(address)
    return known is not None and any(ipaddress.ip_address(known) in network for network in networks)


def _address(entry: str) -> str | None:
    """Read one entry: some proxies add the port. An IPv4 address inside an IPv6 one is the IPv4 one."""
    text = entry.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
