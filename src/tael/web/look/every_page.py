"""What every page has, whoever renders it: a language, messages, a secret in its forms, and headers.

Source: architecture, section 5 (CSP without inline script); reliability, T14.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import DisallowedHost
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render

from tael.parties.pace import TooManyRequests
from tael.refusal import Refusal
from tael.web.look.language import chosen_language, speaking
from tael.web.look.site import needs_tls, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

APART: Final = ("/api/", "/healthz", "/static/")  # no pages: they have headers of their own
# Nothing but what this server has, nothing written into the page, no frame, no form that goes elsewhere.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


class NameNotOurs(Refusal):
    """This server answers under other names than the one in the address."""

    code = "host_not_allowed"
    remedy = "Use the site's own address; whoever runs it names its hosts in TAEL_ALLOWED_HOSTS."


class SiteMessages(CookieStorage):
    """Carries messages to the next page in a signed cookie of the site: staff's never reach a customer."""

    def __init__(self, request: HttpRequest, *args: Any, **named: Any) -> None:
        super().__init__(request, *args, **named)
        self.cookie_name = site_of(request).message_cookie


class EveryPage:
    """The middleware around pages; the API goes past it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.secret = CsrfViewMiddleware(get_response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, named: Any
    ) -> HttpResponseBase | None:
        """Refuse a form of another site: no page can forget to."""
        if request.path_info.startswith(APART):
            return None
        try:
            request.get_host()
        except DisallowedHost:
            return _under_another_name(request)
        try:
            return self.secret.process_view(request, view, args, named)
        except TooManyRequests as refusal:  # the form is read here, and too many are on their way
            return _too_often(request, refusal)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language, with the headers of a page."""
        if request.path_info.startswith(APART):
            return self.get_response(request)
        _over_tls(request)
        site = site_of(request)
        language = chosen_language(request, site)
        kept = SiteMessages(request)
        request._messages = kept  # type: ignore[attr-defined]  # noqa: SLF001 - where Django looks for them
        self.secret.process_request(request)
        with speaking(site, language):
            response = self.get_response(request)
        self.secret.process_response(request, response)
        kept.update(response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Language", language)
        return response


def _over_tls(request: HttpRequest) -> None:
    """Let a request that must have come over TLS count as one: it ends at a proxy, and we are asked without.

    Otherwise no form of a browser would be believed to be this site's own, and links to us would be without it.
    The name decides, and no header that anybody can send.
    """
    with suppress(DisallowedHost):  # no page is shown under it
        if needs_tls(request):
            request.META["wsgi.url_scheme"] = "https"


def _under_another_name(request: HttpRequest) -> HttpResponse:
    """Say so at the first page: no form of it would be believed, and its reader would not know why."""
    host = ascii(request.META.get("HTTP_HOST", ""))[1:-1][:80]
    refusal = NameNotOurs(f"The name {host} is not allowed.", field="Host", there=host)
    facts = {"refusal": refusal, "start": site_of(request).prefix}
    return render(request, "look/refused.html", facts, status=HTTPStatus.BAD_REQUEST)


def _too_often(request: HttpRequest, refusal: TooManyRequests) -> HttpResponse:
    facts = {"refusal": refusal, "start": site_of(request).prefix}
    answer = render(request, "look/refused.html", facts, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(refusal.wait_seconds)
    return answer
