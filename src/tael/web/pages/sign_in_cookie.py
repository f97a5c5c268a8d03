"""Who is signed in: a signed cookie with the number of an API key, which is looked up at each request.

Source: T14; reliability, section 3a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.core.signing import BadSignature, SignatureExpired

from tael.parties.api_key import usable_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.api_key import ApiKey

COOKIE: Final = "tael_key"
SALT: Final = "tael.web.sign-in"
LIFE_SECONDS: Final = 8 * 60 * 60


class Visit(NamedTuple):
    """Whose request it is: nobody's, or that of a key; expired, when the cookie was good once."""

    key: ApiKey | None
    expired: bool = False


def signed_in(request: HttpRequest) -> Visit:
    """Tell who is signed in. A key that has been revoked since is nobody's."""
    if COOKIE not in request.COOKIES:
        return Visit(None)
    try:
        number = request.get_signed_cookie(COOKIE, salt=SALT, max_age=LIFE_SECONDS)
    except SignatureExpired:
        return Visit(None, expired=True)
    except BadSignature:
        return Visit(None)
    key = usable_key(int(number or 0))
    return Visit(key, expired=key is None)


def keep(response: HttpResponse, key: ApiKey, *, secure: bool) -> None:
    """Let the browser keep who is signed in; no script and no other site can read or send it."""
    response.set_signed_cookie(
        COOKIE,
        str(key.pk),
        salt=SALT,
        max_age=LIFE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def forget(response: HttpResponse) -> None:
    """Let the browser forget who was signed in."""
    response.delete_cookie(COOKIE, samesite="Lax")
