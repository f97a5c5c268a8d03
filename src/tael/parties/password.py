"""Passwords: argon2id, and what is refused as one.

Source: reliability T16, T22; OWASP's figures for argon2id (19 MiB, 2 passes, 1 lane).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from tael.refusal import Refusal

SHORTEST: Final = 10
LONGEST: Final = 128
# Memory is what a guesser pays for. More of it, times all threads of a server, is what we would pay.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared with when there is no user, so that the answer takes as long as for one that is there. What it was made of
# is thrown away. It stands here as it is, for to make it takes every start of every program 35 ms.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "8KYrYIhlRExzLX/g4xUmyg$4uGCJEPY+ANlsGrS7LgSU+PxtYqJ40C0PVRVl+zMcWs"
)


class PasswordRefused(Refusal):
    """This cannot be a password: too short, too long, or known to every guesser."""

    code = "password_refused"
    rule = "T16"
    remedy = "Use a longer one; three or four words that nobody else would put together do well."


def hash_password(text: str) -> str:
    """Give what is kept of a password."""
    return _HASHER.hash(_same_letters(text))


def password_fits(text: str, kept: str) -> bool:
    """Tell whether this is the password. Without a kept one it takes as long and is False.

    Args:
        kept: what `hash_password` gave; empty when there is none.
    """
    try:
        _HASHER.verify(kept or _NOBODYS, _same_letters(text[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def check_password(text: str, *, login: str) -> None:
    """Refuse what may not become a password.

    Raises:
        PasswordRefused: its length is out of bounds, it is a common one, or it is the login name.

    Source: T16.
    """
    allowed = f"{SHORTEST} to {LONGEST} characters"
    if not SHORTEST <= len(text) <= LONGEST:
        raise PasswordRefused("The length is out of bounds.", field="password", allowed=allowed)
    low = _same_letters(text).lower()
    if low in {login, login.partition("@")[0]} or len(set(low)) < 5:
        raise PasswordRefused("This is easily guessed.", field="password", allowed=allowed)
    try:
        _common().validate(low)
    except ValidationError:
        raise PasswordRefused("Many people use this.", field="password", allowed=allowed) from None


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _same_letters(text: str) -> str:
    """A password typed on another keyboard is the same one."""
    return unicodedata.normalize("NFKC", text)
