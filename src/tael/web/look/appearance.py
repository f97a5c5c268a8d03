"""How a reader wants to see a site: its language, and light or dark.

Nothing but his own browser keeps it, one cookie each for every site.

Source: I-03; architecture, section 5.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, UnreadablePostError
from django.urls import path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from tael.web.look.language import LANGUAGES
from tael.web.look.site import address_below, site_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tael.web.look.site import Site

THEMES: Final = ("light", "dark")  # with neither, the browser's wish is followed
KEPT_SECONDS: Final = 365 * 24 * 60 * 60


def chosen_theme(request: HttpRequest, site: Site) -> str:
    """Tell "light", "dark", or "" for what the browser wishes."""
    kept = request.COOKIES.get(site.theme_cookie, "")
    return kept if kept in THEMES else ""


@require_POST
@csrf_protect
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen, and go back to where it was chosen; what is unknown changes nothing."""
    site = site_of(request)
    response = HttpResponse(status=HTTPStatus.SEE_OTHER)
    response["Location"] = back(request, site.prefix)
    language = request.POST.get("language")
    if language in LANGUAGES:
        _keep(response, site, site.language_cookie, language, secure=request.is_secure())
    theme = request.POST.get("theme")
    if theme in THEMES:
        _keep(response, site, site.theme_cookie, theme, secure=request.is_secure())
    elif theme == "":
        response.delete_cookie(site.theme_cookie, path=site.prefix, samesite="Lax")
    return response


def back(request: HttpRequest, otherwise: str) -> str:
    """Tell where to go afterwards: a page of this server, whatever the form asks for."""
    try:
        wanted = request.POST.get("next", "")
    except (UnreadablePostError, RequestDataTooBig):  # there is no form that could ask for anything
        wanted = ""
    return address_below("/", wanted) or otherwise


def _keep(response: HttpResponse, site: Site, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=KEPT_SECONDS,
        path=site.prefix,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


addresses: Final = [path("appearance", appearance, name="appearance")]
