"""What is shown for an address that nobody has, and when something went wrong.

Source: architecture, section 5.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse

from tael.web.pages.page import rendered, with_headers

if TYPE_CHECKING:
    from django.http import HttpRequest

_FAULT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Something went wrong - Tael</title>
<link rel="stylesheet" href="/static/tael.css"></head>
<body><main class="narrow"><h1>Something went wrong</h1>
<p>Nothing has been changed. Try again in a minute; if it stays, the server's log says why.</p>
<p><a href="/wallets">Back to the wallets</a></p></main></body></html>
"""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is nothing at the address."""
    return rendered(request, "not_found.html", {}, status=HTTPStatus.NOT_FOUND)


def fault(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Say that something went wrong, without the templates and the database that may be the reason."""
    return with_headers(HttpResponse(_FAULT, status=HTTPStatus.INTERNAL_SERVER_ERROR))
