"""Where a webhook may go: to a public address over https. Resolved once, and connected to just there.

A name that points into our own network would make us knock at our own doors for a stranger. So the
addresses behind the name are looked at, all of them, and the connection is made to one that was looked
at: a name server that answers differently a moment later changes nothing.

Source: reliability T25; OWASP API7 (server-side request forgery), API10.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import threading
from typing import ClassVar, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from tael.refusal import Because, Refusal

URL_MAX: Final = 500
TO_PRIVATE: Final = "TAEL_WEBHOOKS_TO_PRIVATE"
RESOLVE_SECONDS: Final = 5.0

_HOST: Final = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")
_PATH: Final = re.compile(r"[!-~]*")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL: Final = ipaddress.IPv6Network(
    "64:ff9b:1::/48"
)  # leads where its network says (RFC 8215)
_V4_IN_V6: Final = ipaddress.IPv6Network("::/96")  # deprecated, and still routed by some

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class WebhookUrlMalformed(Refusal):
    """This is no address that webhooks can be sent to."""

    code = "webhook_url_malformed"
    rule = "T25"
    remedy = "Give an address as https://example.com/hooks, without user, password or fragment."


class WebhookAddressPrivate(Refusal):
    """The address leads into a private network, to this machine or nowhere."""

    code = "webhook_address_private"
    because: ClassVar[Because] = "forbidden"
    rule = "T25"
    remedy = "Give an address that can be reached from the internet."


class WebhookHostUnknown(Refusal):
    """The name of the host cannot be resolved."""

    code = "webhook_host_unknown"
    because: ClassVar[Because] = "busy"
    rule = "T25"
    remedy = "Check the name; try again when its name server answers."
    retry = True


class Target(NamedTuple):
    """Where to connect: the name for the certificate and the Host header, the address for the socket."""

    secure: bool
    host: str
    port: int
    path: str
    address: str
    family: socket.AddressFamily

    @property
    def host_header(self) -> str:
        """Give the host as the HTTP header wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def private_allowed() -> bool:
    """Tell whether webhooks may go to private addresses and over plain http: for development only.

    Source: T25.
    """
    return os.environ.get(TO_PRIVATE) == "1"


def parse_url(url: str, *, private: bool | None = None) -> SplitResult:
    """Read the address of an endpoint.

    Args:
        private: whether plain http will do; None is what counts for webhooks.

    Raises:
        WebhookUrlMalformed: saying what is wrong with it.

    Source: T25.
    """
    if not isinstance(url, str) or len(url) > URL_MAX:
        raise _malformed(f"An address has at most {URL_MAX} characters.", str(url))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _malformed("This is no address.", url) from None
    inside = private_allowed() if private is None else private
    schemes = ("https", "http") if inside else ("https",)
    if parts.scheme not in schemes:
        raise _malformed("Webhooks go over https.", url)
    if not parts.hostname or not _HOST.fullmatch(parts.hostname) or port == 0:
        raise _malformed("The address names no host that can be reached.", url)
    if parts.username is not None or parts.password is not None or parts.fragment or "#" in url:
        raise _malformed("An address has neither user nor password nor fragment.", url)
    if not _PATH.fullmatch(parts.path + parts.query):
        raise _malformed("Path and query are written in visible ASCII characters.", url)
    return parts


def resolve(url: str, *, private: bool | None = None) -> Target:
    """Find where the address leads now, and refuse what is not public. Asks the name server.

    Args:
        private: whether it may lead into a private network; None is what counts for webhooks.

    Raises:
        WebhookUrlMalformed, WebhookHostUnknown, WebhookAddressPrivate: as they say. One private
            address among several is enough.

    Source: T25.
    """
    inside = private_allowed() if private is None else private
    parts = parse_url(url, private=inside)
    assert parts.hostname is not None
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = _look_up(parts.hostname, port)
    if not inside:
        for _, address in found:
            if not is_public(address):
                raise WebhookAddressPrivate(
                    f"{parts.hostname} leads to {address}.", field="url", there=address
                )
    family, address = found[0]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, parts.hostname, port, path, address, family)


def is_public(text: str) -> bool:
    """Tell whether an address is one of the internet's, also where it is wrapped in another.

    Source: T25.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local or address in _NAT64_LOCAL:  # Python holds either for global
            return False
        inside = _inside(address)
        if inside is not None:
            return is_public(str(inside))
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address that an IPv6 address stands for, if it does."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _V4_IN_V6 or address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _look_up(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """Ask for the host's addresses; a name server that does not answer is not waited for."""
    found: list[tuple[socket.AddressFamily, str]] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((family, str(place[0])) for family, _, _, _, place in rows)

    asking = threading.Thread(target=ask, daemon=True, name="webhook-resolve")
    asking.start()
    asking.join(RESOLVE_SECONDS)
    answers = list(found)
    if not answers:
        raise WebhookHostUnknown(
            f"The host {host[:100]} cannot be resolved.", field="url", there=host[:100]
        )
    return answers


def _malformed(message: str, url: str) -> WebhookUrlMalformed:
    return WebhookUrlMalformed(message, field="url", there=url[:100])
