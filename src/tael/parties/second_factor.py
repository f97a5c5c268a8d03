"""The second factor: one-time codes (TOTP, RFC 6238), and recovery codes for when the telephone is gone.

A code is used once: the time step of the last one is kept, and none up to it is taken again. Recovery codes
have 80 random bits, are shown once, and only their SHA-256 is kept.

Source: reliability T16, T22.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple
from urllib.parse import quote, urlencode

from django.db import transaction
from django_otp.oath import TOTP

from tael.parties import audit
from tael.parties import session as sessions
from tael.parties.models import RecoveryCode, SecondFactor, User
from tael.parties.user import NotOneself
from tael.parties.user import user as find_user
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

SEED_BYTES: Final = 20
STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1  # steps by which the user's clock may be off, either way
RECOVERY_CODES: Final = 10
RECOVERY_CODE: Final = re.compile(r"[A-Z2-7]{16}")


class CodeWrong(Refusal):
    """This is no code of the second factor, or it was used before."""

    code = "code_wrong"
    rule = "T16"
    remedy = "Type the six digits that the telephone shows now, or a recovery code not used yet."


class SecondFactorThere(Refusal):
    """The second factor has been set up; only an administrator's reset makes room for another."""

    code = "second_factor_there"
    because: ClassVar[Because] = "conflict"
    rule = "T16"
    remedy = "Have an administrator reset it."


class Standing(NamedTuple):
    """How it stands with a user's second factor."""

    confirmed: bool
    recovery_codes_left: int


class Enrolment(NamedTuple):
    """What a telephone needs to make codes: the seed in base32, and the address in the picture."""

    seed: str
    address: str


def standing(user: int) -> Standing:
    """Tell whether a user's second factor is set up, and how many recovery codes are left."""
    confirmed = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()
    return Standing(confirmed, _unused(user).count())


@transaction.atomic
def enrol(user: User, *, seed: bytes | None = None, at: datetime) -> Enrolment:
    """Give the seed for a telephone, the same until it is confirmed.

    Args:
        seed: one that a telephone has already; a new one is drawn if not given.

    Raises:
        SecondFactorThere: it has been confirmed, and the seed is not shown again.
    """
    held, _made = SecondFactor.objects.select_for_update(no_key=True).get_or_create(
        user=user, defaults={"seed": seed or secrets.token_bytes(SEED_BYTES), "made_at": at}
    )
    if held.confirmed_at is not None:
        raise SecondFactorThere("The second factor has been set up.")
    text = base64.b32encode(bytes(held.seed)).decode("ascii")
    asked = urlencode({"secret": text, "issuer": "Tael"})
    return Enrolment(text, f"otpauth://totp/{quote(f'Tael:{user.login}')}?{asked}")


@transaction.atomic
def confirm(user: User, code: str, *, at: datetime) -> list[str]:
    """Take the first code from the telephone, which sets up the second factor.

    Returns:
        Recovery codes, which cannot be read again.

    Raises:
        CodeWrong, SecondFactorThere. Count the attempt before.
    """
    enrol(user, at=at)
    held = _hold(user)
    if held is None or not _take(held, code, at):
        raise CodeWrong("This is not the code.", field="code")
    held.confirmed_at = at
    held.save(update_fields=["confirmed_at", "last_step"])
    audit.record(actor=user.actor, action="second_factor.confirm", subject=f"user:{user.pk}", at=at)
    return _make_codes(user, at)


@transaction.atomic
def show(user: User, code: str, *, at: datetime) -> None:
    """Take a code, of the telephone or a recovery code, once.

    Raises:
        CodeWrong: it is none, or was used before. Count the attempt before.

    Source: T16.
    """
    held = _hold(user)
    if held is None or held.confirmed_at is None:
        raise CodeWrong("There is no second factor yet.", field="code")
    if _take(held, code, at):
        held.save(update_fields=["last_step"])
    elif not _take_recovery_code(user, code, at):
        raise CodeWrong("This is not the code.", field="code")


@transaction.atomic
def renew_recovery_codes(user: User, code: str, *, at: datetime) -> list[str]:
    """Make new recovery codes in place of all older ones.

    Raises:
        CodeWrong: `code` is no code of the second factor. Count the attempt before.
    """
    show(user, code, at=at)
    return _make_codes(user, at)


@transaction.atomic
def reset(*, number: int, actor: str, at: datetime) -> User:
    """Take away a user's second factor and sessions, so that another telephone can be set up.

    Raises:
        UnknownUser, NotOneself.

    Source: T16.
    """
    user = find_user(number)
    if user.actor == actor:
        raise NotOneself("Nobody resets his own second factor.", field="user", there=str(number))
    held = _hold(user)
    if held is not None:
        held.seed, held.made_at, held.confirmed_at = secrets.token_bytes(SEED_BYTES), at, None
        held.save(update_fields=["seed", "made_at", "confirmed_at"])
    _unused(user.pk).update(void_at=at)
    audit.record(actor=actor, action="second_factor.reset", subject=f"user:{user.pk}", at=at)
    sessions.end_all(user=user.pk, because="second factor reset", actor=actor, at=at)
    return user


def code_at(seed: str, at: datetime) -> str:
    """Give the code that a telephone with this seed (base32) shows at a time.

    >>> from datetime import UTC, datetime
    >>> seed = base64.b32encode(b"12345678901234567890").decode()
    >>> code_at(seed, datetime.fromtimestamp(59, UTC))  # RFC 6238, appendix B: 94287082
    '287082'
    """
    return f"{_totp(base64.b32decode(seed), at).token():0{DIGITS}d}"


def _totp(seed: bytes, at: datetime) -> TOTP:
    totp = TOTP(seed, step=STEP_SECONDS, digits=DIGITS)
    totp.time = at.timestamp()
    return totp


def _take(held: SecondFactor, code: str, at: datetime) -> bool:
    """Tell whether a code of the telephone is right and newer than the last one; note its step."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) == DIGITS):
        return False
    totp = _totp(bytes(held.seed), at)
    if not totp.verify(int(digits), tolerance=DRIFT, min_t=held.last_step + 1):
        return False
    held.last_step = totp.t()
    return True


def _take_recovery_code(user: User, code: str, at: datetime) -> bool:
    letters = "".join(code.split()).replace("-", "").upper()
    if not (letters.isascii() and RECOVERY_CODE.fullmatch(letters)):
        return False
    used = _unused(user.pk).filter(digest=_digest(user, letters)).update(used_at=at)
    if used:
        audit.record(
            actor=user.actor,
            action="second_factor.use_recovery_code",
            subject=f"user:{user.pk}",
            at=at,
            details={"left": _unused(user.pk).count()},
        )
    return bool(used)


def _make_codes(user: User, at: datetime) -> list[str]:
    _unused(user.pk).update(void_at=at)
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user, code), made_at=at) for code in codes
    )
    audit.record(
        actor=user.actor, action="second_factor.make_codes", subject=f"user:{user.pk}", at=at
    )
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in codes]


def _unused(user: int) -> QuerySet[RecoveryCode]:
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True, void_at__isnull=True)


def _hold(user: User) -> SecondFactor | None:
    return SecondFactor.objects.select_for_update(no_key=True).filter(user=user).first()


def _digest(user: User, letters: str) -> bytes:
    return hashlib.sha256(f"{user.pk}:{letters}".encode("ascii")).digest()
