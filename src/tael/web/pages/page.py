"""What every page has: somebody signed in, headers that keep others out, and words for a refusal.

Source: architecture, section 5; reliability, T14, T22.
"""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from tael import __version__
from tael.parties.api_key import require
from tael.refusal import Refusal
from tael.wallet.serial_number import business_zone
from tael.web.pages.sign_in_cookie import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.parties.api_key import ApiKey
    from tael.refusal import Because

SCOPE: Final = "wallets:read"

# Nothing but our own style sheet and picture: no script, no frame, no form that goes elsewhere.
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
STATUS: Final[Mapping[Because, HTTPStatus]] = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "absent": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "forbidden": HTTPStatus.FORBIDDEN,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page of a view that gets the request and the key of who is signed in.

    Who is not signed in is asked to, and then brought to where he wanted to go.

    Source: T14.
    """

    @require_safe
    @csrf_protect
    @wraps(view)
    def shown(request: HttpRequest, **named: Any) -> HttpResponse:
        visit = signed_in(request)
        if visit.key is None:
            return to_sign_in(request, expired=visit.expired)
        try:
            require(visit.key, SCOPE)
            return view(request, visit.key, **named)
        except Refusal as refusal:
            return refused(request, refusal, key=visit.key)

    return shown


def to_sign_in(request: HttpRequest, *, expired: bool) -> HttpResponse:
    """Send somebody to sign in, and remember where he wanted to go."""
    asked = {"next": request.get_full_path()}
    if expired:
        asked["expired"] = "1"
    return with_headers(HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode(asked)}"))


def rendered(
    request: HttpRequest,
    template: str,
    facts: Mapping[str, Any],
    *,
    key: ApiKey | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Render a page with what all of them show."""
    context = {**facts, "signed_in": key, "version": __version__, "zone": str(business_zone())}
    return with_headers(render(request, f"tael/{template}", context, status=status))


def refused(request: HttpRequest, refusal: Refusal, *, key: ApiKey | None = None) -> HttpResponse:
    """Show a refusal: what was refused, what is there, and what can be done."""
    return rendered(
        request,
        "refused.html",
        {"refusal": refusal},
        key=key,
        status=STATUS[refusal.because],
    )


def with_headers(response: HttpResponse) -> HttpResponse:
    """Put the headers of a page on a response."""
    for name, value in HEADERS.items():
        response[name] = value
    return response
