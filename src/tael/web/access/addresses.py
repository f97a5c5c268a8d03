"""The addresses of a door: signing in, signing out, and the password of who was invited.

Source: reliability T16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from tael.web.access.set_password import set_password
from tael.web.access.sign_in import sign_in, sign_out

if TYPE_CHECKING:
    from django.urls import URLPattern

    from tael.web.access.door import Door


def addresses_of(door: Door) -> list[URLPattern]:
    """Give the addresses of a site at which nobody needs to be signed in."""
    at = {"door": door}
    return [
        path("sign-in", sign_in, at, name="sign-in"),
        path("sign-out", sign_out, at, name="sign-out"),
        path("set-password", set_password, at, name="set-password"),
    ]
