"""What is shown for an address that nobody has, for a form that was too old, and after a fault.

Source: architecture, section 5; reliability, T9, T22.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from tael.web.look.appearance import back
from tael.web.look.every_page import HEADERS
from tael.web.look.site import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from tael.refusal import Because

STATUS: Final[Mapping[Because, HTTPStatus]] = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "absent": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "forbidden": HTTPStatus.FORBIDDEN,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "too_often": HTTPStatus.TOO_MANY_REQUESTS,
}
# Without the templates, the catalogs and the database, which may be what is at fault.
_FAULT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Something went wrong · Tael</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{style}"></head>
<body class="bg-base-200"><main class="mx-auto max-w-lg px-6 py-24">
<h1 class="text-2xl font-semibold">Something went wrong</h1>
<p class="mt-3 text-muted">Nothing has been changed. Try again in a minute; if it stays, the server's log says why.</p>
<p class="mt-6"><a class="btn btn-primary" href="{start}">Begin again</a></p></main></body></html>
"""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is nothing at the address."""
    start = site_of(request).prefix
    return render(request, "look/not_found.html", {"start": start}, status=HTTPStatus.NOT_FOUND)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer a form without its secret: of another site, or from before the browser forgot."""
    facts = {"again": back(request, request.path)}
    return render(request, "look/form_too_old.html", facts, status=HTTPStatus.FORBIDDEN)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong, without what may be the reason."""
    text = _FAULT.format(style=static("look/tael.css"), start=site_of(request).prefix)
    return HttpResponse(text, status=HTTPStatus.INTERNAL_SERVER_ERROR, headers=dict(HEADERS))
