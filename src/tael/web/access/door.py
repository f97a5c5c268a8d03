"""The two doors: which cookie carries a site's session, and whose request it is.

Source: architecture, section 5; reliability T14, T16.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from tael.parties import session as sessions
from tael.web.look.site import ADDRESS_MAX, BACKOFFICE, PORTAL, address_below, needs_tls

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tael.parties.session import NewSession, Session
    from tael.web.look.site import Site

KNOWN_DAYS: Final = 180


@dataclass(frozen=True, slots=True)
class Door:
    """The way into one site."""

    site: Site
    staff: bool

    @property
    def cookie(self) -> str:
        """Name the cookie of this site's sessions; the other site never gets it."""
        return f"tael_{self.site.name}_session"

    @property
    def known_cookie(self) -> str:
        """Name the cookie by which a browser shows that its user has signed in here before."""
        return f"tael_{self.site.name}_known"

    def address(self, name: str, **named: object) -> str:
        """Give the address of one of this site's pages."""
        return reverse(f"{self.site.name}:{name}", kwargs=named or None)

    def session(self, request: HttpRequest) -> Session | None:
        """Tell whose request it is, if anybody's. The second factor may still be missing."""
        text = request.COOKIES.get(self.cookie, "")
        return sessions.find(text, staff=self.staff, at=now()) if text else None

    def keep(self, request: HttpRequest, response: HttpResponse, begun: NewSession) -> None:
        """Let the browser keep a session until it is closed; no script and no other site can use it."""
        response.set_cookie(self.cookie, begun.text, **self._kept(request))

    def keep_known(self, request: HttpRequest, response: HttpResponse, login: str) -> None:
        """Let the browser keep that this user has signed in here."""
        response.set_signed_cookie(
            self.known_cookie,
            login,
            salt=self.known_cookie,
            max_age=KNOWN_DAYS * 86400,
            **self._kept(request),
        )

    def knows(self, request: HttpRequest, login: str) -> bool:
        """Tell whether this user has signed in in this browser before."""
        kept = request.get_signed_cookie(
            self.known_cookie, default="", salt=self.known_cookie, max_age=KNOWN_DAYS * 86400
        )
        return bool(login) and kept == login

    def forget(self, response: HttpResponse) -> None:
        """Let the browser forget its session."""
        response.delete_cookie(self.cookie, path=self.site.prefix, samesite="Lax")

    def to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Send somebody to sign in, and remember which page he wanted to see.

        A part of a page asked for it by a script, which would put the form to sign in where the part was: it
        is told to let the whole browser go there, and to come back to the page and not to its part.
        """
        wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        for_a_part = request.headers.get("HX-Request") == "true"
        if for_a_part:
            wanted = self._page_in(request)
        asked = "?" + urlencode({"next": wanted}) if 0 < len(wanted) <= ADDRESS_MAX else ""
        address = self.address("sign-in") + asked
        response: HttpResponse
        if for_a_part:
            response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
        else:
            response = HttpResponseRedirect(address)
        if self.cookie in request.COOKIES:
            self.forget(response)
        return response

    def _page_in(self, request: HttpRequest) -> str:
        """Give the page of this site that the browser shows while it asks for a part of it."""
        try:
            shown = urlsplit(request.headers.get("HX-Current-URL", "")[: 2 * ADDRESS_MAX])
        except ValueError:  # no address at all
            return ""
        wanted = shown.path + (f"?{shown.query}" if shown.query else "")
        return wanted if shown.path.startswith(self.site.prefix) else ""

    def where_to(self, request: HttpRequest) -> str:
        """Tell where to go after signing in: a page of this site, and nothing else a link may ask for."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        return address_below(self.site.prefix, wanted) or self.site.prefix

    def _kept(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "path": self.site.prefix,
            "httponly": True,
            "samesite": "Lax",
            "secure": needs_tls(request),
        }


BACKOFFICE_DOOR: Final = Door(BACKOFFICE, staff=True)
PORTAL_DOOR: Final = Door(PORTAL, staff=False)


def now() -> datetime:
    """Read the clock, as only a door does."""
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock
