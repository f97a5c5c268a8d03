"""The back office's door: signing in, signing out, and the password of who was invited.

Source: reliability T16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from tael.web.access import set_password as invitation
from tael.web.access import sign_in as door
from tael.web.access.door import BACKOFFICE_DOOR

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a member of the staff as far as the second factor."""
    return door.sign_in(request, BACKOFFICE_DOOR)


@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponse:
    """Let a member of the staff go."""
    return door.sign_out(request, BACKOFFICE_DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def set_password(request: HttpRequest) -> HttpResponse:
    """Let who was invited set a password."""
    return invitation.set_password(request, BACKOFFICE_DOOR)


addresses: Final = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-out", sign_out, name="sign-out"),
    path("set-password", set_password, name="set-password"),
]
