"""After an act: the page that shows its result, reached by a redirect, so that a reload acts no more.

Source: reliability, T9.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpResponse
from django.urls import reverse


def see(name: str, **named: object) -> HttpResponse:
    """Send the browser on to a page of the back office."""
    response = HttpResponse(status=HTTPStatus.SEE_OTHER)
    response["Location"] = reverse(f"backoffice:{name}", kwargs=named or None)
    return response


def now() -> datetime:
    """Read the clock, as only a door does."""
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock
