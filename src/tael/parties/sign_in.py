"""Signing in: the same answer in the same time, whether the name is nobody's or the password is wrong.

Source: reliability T16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import transaction

from tael.parties import actor as actors
from tael.parties import audit
from tael.parties import session as sessions
from tael.parties.attempts import TooManyAttempts, count_attempt, forget_attempts
from tael.parties.password import password_fits
from tael.parties.user import find_login
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.parties.models import User
    from tael.parties.session import NewSession


class SignInRefused(Refusal):
    """Name and password do not belong together, or the user is disabled. Which one is not said."""

    code = "sign_in_refused"
    because: ClassVar[Because] = "forbidden"
    rule = "T16"
    remedy = "Check both, or ask who invited you for a new link to set a password."


def sign_in(
    *,
    login: str,
    password: str,
    staff: bool,
    known: bool,
    address: str,
    browser: str,
    at: datetime,
) -> NewSession:
    """Begin a session for who shows the password of a login name.

    Args:
        staff: whether it is the door of the staff or that of the customers.
        known: whether the user has signed in in this browser before, which has tries of its own.
        address, browser: for the user to recognise the session by.

    Raises:
        SignInRefused: there is no such user, the password is another, or the user is disabled.
        TooManyAttempts: the password was not looked at.

    Source: T16.
    """
    tried = what_is_tried(login, staff=staff, known=known)
    user = find_login(login, staff=staff)
    try:
        count_attempt(*tried, at=at)
    except TooManyAttempts as refusal:
        if refusal.first:
            _note_lock(user, at)
        raise
    fits = password_fits(password, "" if user is None else user.password)
    if user is None or not fits or user.disabled_at is not None:
        raise SignInRefused("The name or the password is wrong.")
    forget_attempts(*tried, at=at)
    return sessions.begin(user, address=address, browser=browser, at=at)


def what_is_tried(login: str, *, staff: bool, known: bool) -> tuple[str, ...]:
    """Name what the tries at a door are counted under."""
    door = "staff" if staff else "customers"
    return ("sign-in", door, login.strip().lower(), "known" if known else "")


@transaction.atomic
def _note_lock(user: User | None, at: datetime) -> None:
    """Leave a trace, and as much work for a name that is nobody's. What was typed is not written down."""
    subject = "user:unknown" if user is None else f"user:{user.pk}"
    audit.record(actor=actors.ANONYMOUS, action="sign_in.lock", subject=subject, at=at)
