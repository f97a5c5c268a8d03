"""Security: a customer's password and the browsers in which he is signed in.

Source: reliability T16; peers, section 4.2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.web.access import security as own
from tael.web.access.door import PORTAL_DOOR
from tael.web.portal.page import page, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def security(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what guards the visitor's access."""
    return own.security(visitor, partial(_show, request, visitor))


@page(methods=("POST",))
def change_password(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Change the visitor's password."""
    return own.change(request, visitor, partial(_show, request, visitor), PORTAL_DOOR)


@page(methods=("POST",))
def end_sessions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Sign the visitor out in other browsers."""
    return own.end_sessions(request, visitor, PORTAL_DOOR)


def _show(
    request: HttpRequest, visitor: Visitor, facts: Mapping[str, Any], *, status: int
) -> HttpResponse:
    addresses = {
        "change_address": PORTAL_DOOR.address("change-password"),
        "end_address": PORTAL_DOOR.address("end-sessions"),
    }
    return rendered(
        request, "access/security.html", {**facts, **addresses}, visitor=visitor, status=status
    )


addresses: Final = [
    path("security", security, name="security"),
    path("security/password", change_password, name="change-password"),
    path("security/sessions", end_sessions, name="end-sessions"),
]
