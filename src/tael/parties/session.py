"""Sessions: in which browsers a user is signed in, and until when.

A session is known by 256 random bits in a cookie, of which the database holds the SHA-256. It ends after
15 minutes without a request and 12 hours after signing in, when the user or an administrator ends it, when
the password changes and when the user is disabled; each request asks.

Source: reliability T16, T22; architecture, section 5.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import transaction

from tael.parties import audit
from tael.parties.models import Session
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.parties.models import User

__all__ = [
    "NewSession",
    "Session",
    "UnknownSession",
    "begin",
    "end",
    "end_all",
    "find",
    "living",
    "renew",
]

IDLE: Final = timedelta(minutes=15)
WHOLE: Final = timedelta(hours=12)
STEP: Final = timedelta(seconds=30)  # a request sooner after the last is not worth a write
SHAPE: Final = re.compile(r"[0-9A-Za-z_-]{43}")
_ID_MAX: Final = 2**63 - 1


class UnknownSession(Refusal):
    """The user has no such session. Another's is answered in the same words."""

    code = "unknown_session"
    because: ClassVar[Because] = "absent"
    rule = "T16"
    remedy = "Choose one from the list of your sessions."


class NewSession(NamedTuple):
    """A session with the text for its cookie, which cannot be read again."""

    session: Session
    text: str


@transaction.atomic
def begin(
    user: User, *, address: str, browser: str, second_factor: bool = False, at: datetime
) -> NewSession:
    """Open a session for a user who has shown the password.

    Args:
        address: where the request came from, for the user to recognise it.
        browser: how the browser names itself; cut to 200 characters.
        second_factor: whether the second factor was shown as well.
    """
    text = secrets.token_urlsafe(32)
    session = Session.objects.create(
        digest=_digest(text),
        user=user,
        started_at=at,
        seen_at=at,
        second_factor_at=at if second_factor else None,
        address=address[:64],
        browser="".join(letter for letter in browser[:200] if letter.isprintable()),
    )
    audit.record(
        actor=user.actor,
        action="session.begin",
        subject=f"user:{user.pk}",
        at=at,
        details={"session": session.pk, "address": session.address},
    )
    return NewSession(session, text)


@transaction.atomic
def renew(session: Session, *, at: datetime) -> NewSession:
    """Let the second factor be shown: from now on the session goes by another text.

    Source: T16 (a new session id at each step up).
    """
    text = secrets.token_urlsafe(32)
    held = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    held.digest, held.second_factor_at, held.seen_at = _digest(text), at, at
    held.save(update_fields=["digest", "second_factor_at", "seen_at"])
    audit.record(
        actor=session.user.actor,
        action="session.second_factor",
        subject=f"user:{session.user_id}",
        at=at,
        details={"session": session.pk},
    )
    held.user = session.user
    return NewSession(held, text)


def find(text: str, *, staff: bool, at: datetime) -> Session | None:
    """Find the living session of a cookie's text, with its user, and note that it was seen.

    Args:
        staff: whether it must be somebody's of the house, or a customer's.

    Returns:
        None when there is none, it has ended or run out, its user is disabled, or is of the other sort.

    Source: T16.
    """
    if not SHAPE.fullmatch(text):
        return None
    session = (
        Session.objects.select_related("user", "user__customer")
        .filter(
            digest=_digest(text),
            ended_at__isnull=True,
            seen_at__gt=at - IDLE,
            started_at__gt=at - WHOLE,
            user__disabled_at__isnull=True,
            user__customer__isnull=staff,
        )
        .first()
    )
    if session is not None and session.seen_at <= at - STEP:
        Session.objects.filter(pk=session.pk, seen_at__lt=at).update(seen_at=at)
    return session


def living(user: int, *, at: datetime) -> list[Session]:
    """List a user's sessions that have neither ended nor run out, newest first; at most 100."""
    return list(
        Session.objects.filter(
            user=user, ended_at__isnull=True, seen_at__gt=at - IDLE, started_at__gt=at - WHOLE
        ).order_by("-id")[:100]
    )


@transaction.atomic
def end(*, session: int, user: int, because: str, actor: str, at: datetime) -> None:
    """End one session of a user. Ending an ended one changes nothing.

    Raises:
        UnknownSession: the user has none of this number.
    """
    found = Session.objects.select_for_update(no_key=True).filter(user=user)
    held = found.filter(pk=session).first() if 0 < session <= _ID_MAX else None
    if held is None:
        raise UnknownSession("There is no such session.", field="session", there=str(session)[:40])
    if held.ended_at is None:
        _end([held], because=because, user=user, actor=actor, at=at)


@transaction.atomic
def end_all(*, user: int, because: str, but: int | None = None, actor: str, at: datetime) -> int:
    """End all sessions of a user but one, and tell how many were ended."""
    found = Session.objects.select_for_update(no_key=True).filter(user=user, ended_at__isnull=True)
    held = list(found.exclude(pk=but or 0).order_by("id"))
    if held:
        _end(held, because=because, user=user, actor=actor, at=at)
    return len(held)


def _end(held: list[Session], *, because: str, user: int, actor: str, at: datetime) -> None:
    numbers = [session.pk for session in held]
    Session.objects.filter(pk__in=numbers).update(ended_at=at, ended_because=because)
    audit.record(
        actor=actor,
        action="session.end",
        subject=f"user:{user}",
        at=at,
        details={"sessions": numbers[:100], "because": because},
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
