"""Which site a request is for: the customers' portal, the staff's back office, or the house around them.

Source: architecture, section 5 (two sites from one project, each with its own language packs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest

ADDRESS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Site:
    """One site: where it begins, and what its browsers keep under names of its own."""

    name: str
    prefix: str

    @property
    def language_cookie(self) -> str:
        """Name the cookie that keeps the language; each site has its own."""
        return f"tael_{self.name}_language"

    @property
    def theme_cookie(self) -> str:
        """Name the cookie that keeps light or dark."""
        return f"tael_{self.name}_theme"

    @property
    def message_cookie(self) -> str:
        """Name the cookie that carries a message over to the next page."""
        return f"tael_{self.name}_messages"

    @property
    def frame(self) -> str:
        """Name the template that this site's pages extend."""
        return "look/base.html" if self is HOUSE else f"{self.name}/base.html"


PORTAL: Final = Site("portal", "/portal/")
BACKOFFICE: Final = Site("backoffice", "/backoffice/")
HOUSE: Final = Site("look", "/")
SITES: Final = (PORTAL, BACKOFFICE, HOUSE)  # the house is asked last: its prefix fits every path


def site_of(request: HttpRequest) -> Site:
    """Tell which site an address belongs to."""
    return next(site for site in SITES if request.path_info.startswith(site.prefix))


def needs_tls(request: HttpRequest) -> bool:
    """Tell whether cookies must travel over TLS alone: everywhere but on the machine itself.

    Raises:
        DisallowedHost: the name is none of ours.
    """
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return request.is_secure() or name not in settings.LOOPBACK


def address_below(prefix: str, wanted: str) -> str:
    """Give the address of a page of this server as a header can hold it; "" for whatever else a link asks for."""
    safe = wanted.isprintable() and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    good = safe and wanted.startswith(prefix) and len(wanted) <= ADDRESS_MAX
    return iri_to_uri(wanted) if good else ""
