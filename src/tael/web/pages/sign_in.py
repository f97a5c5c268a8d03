"""Signing in with an API key, and signing out.

Source: T14.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from tael.parties.api_key import authenticate
from tael.web.pages.page import rendered, with_headers
from tael.web.pages.sign_in_cookie import forget, keep

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEXT_MAX: Final = 500


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an API key, and keep its number in a signed cookie."""
    wanted = _where_to(request)
    if request.method != "POST":
        facts = {"next": wanted, "expired": "expired" in request.GET}
        return rendered(request, "sign_in.html", facts)
    key = authenticate(request.POST.get("key", "").strip())
    if key is None:
        facts = {"next": wanted, "unknown": True}
        return rendered(request, "sign_in.html", facts, status=HTTPStatus.FORBIDDEN)
    response = with_headers(HttpResponseRedirect(wanted))
    keep(response, key, secure=request.is_secure())
    return response


@require_http_methods(["POST"])
@csrf_protect
def sign_out(_request: HttpRequest) -> HttpResponse:
    """Forget who was signed in."""
    response = with_headers(HttpResponseRedirect(reverse("sign-in")))
    forget(response)
    return response


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer a form without its secret: of another site, or from before the browser forgot."""
    facts = {"next": _where_to(request), "form_too_old": True}
    return rendered(request, "sign_in.html", facts, status=HTTPStatus.FORBIDDEN)


def _where_to(request: HttpRequest) -> str:
    """Tell where to go afterwards: a page of ours, and nothing else that a link may ask for."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return (
        wanted
        if safe and wanted.startswith("/") and len(wanted) <= NEXT_MAX
        else reverse("wallets")
    )
