"""Users (登入用戶): who signs in, for the house with roles or for one customer.

Source: architecture, section 5; reliability T14, T16.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import IntegrityError, transaction

from tael.parties import audit
from tael.parties import session as sessions
from tael.parties.customer import customer as find_customer
from tael.parties.models import Invitation, User
from tael.parties.password import check_password, hash_password, password_fits
from tael.parties.role import parse_roles
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "InvitationUnknown",
    "LoginMalformed",
    "LoginTaken",
    "NotOneself",
    "PasswordWrong",
    "UnknownUser",
    "User",
    "accept",
    "add_customer_user",
    "add_staff",
    "change_password",
    "disable",
    "enable",
    "find_login",
    "invite",
    "invited",
    "login_of",
    "set_roles",
    "user",
]

NAME_MAX: Final = 200
LOGIN_MAX: Final = 254
LOGIN: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
INVITATION_LIFE: Final = timedelta(days=3)
INVITATION: Final = re.compile(r"[0-9A-Za-z_-]{43}")
_ID_MAX: Final = 2**63 - 1


class LoginMalformed(Refusal):
    """A login name is an e-mail address in ASCII letters."""

    code = "login_malformed"
    rule = "T16"
    remedy = "Send an e-mail address such as name@example.com; of other domains their xn-- form."


class LoginTaken(Refusal):
    """A user of this login name is there."""

    code = "login_taken"
    because: ClassVar[Because] = "conflict"
    rule = "T16"
    remedy = "Use another address."


class UnknownUser(Refusal):
    """There is no user of this number."""

    code = "unknown_user"
    because: ClassVar[Because] = "absent"
    rule = "T14"
    remedy = "Check the number in the list of users."


class NotOneself(Refusal):
    """Nobody changes his own rights."""

    code = "not_oneself"
    because: ClassVar[Because] = "forbidden"
    rule = "T14"
    remedy = "Ask another administrator."


class PasswordWrong(Refusal):
    """This is not the password as it stands."""

    code = "password_wrong"
    rule = "T16"
    remedy = "Type the password with which you signed in."


class InvitationUnknown(Refusal):
    """The link was never given, has been used, was replaced by a newer one, or is older than three days."""

    code = "invitation_unknown"
    because: ClassVar[Because] = "absent"
    rule = "T16"
    remedy = "Ask who invited you for a new link."


class Invited(NamedTuple):
    """A user with the text of a link to set a password, which cannot be read again."""

    user: User
    text: str


def login_of(text: str) -> str:
    """Give the login name that somebody meant: small letters without blanks around.

    Raises:
        LoginMalformed: it is no e-mail address in ASCII. Other letters are never folded into ASCII ones.
    """
    stripped = text.strip()
    login = stripped.lower() if stripped.isascii() else ""
    if len(login) > LOGIN_MAX or not LOGIN.fullmatch(login):
        raise LoginMalformed("This is no e-mail address.", field="login")
    return login


@transaction.atomic
def add_staff(*, login: str, name: str, roles: Iterable[str], actor: str, at: datetime) -> User:
    """Enter a member of the staff, who has no password yet.

    Raises:
        LoginMalformed, LoginTaken, TextMalformed, UnknownRole.

    Source: T14.
    """
    wanted = parse_roles(roles)
    return _add(login=login, name=name, roles=wanted, customer=None, actor=actor, at=at)


@transaction.atomic
def add_customer_user(*, login: str, name: str, customer: int, actor: str, at: datetime) -> User:
    """Enter somebody who signs in for a customer and has no password yet.

    Raises:
        LoginMalformed, LoginTaken, TextMalformed, UnknownCustomer, CustomerDisabled.

    Source: T14.
    """
    number = find_customer(customer).number
    return _add(login=login, name=name, roles=[], customer=number, actor=actor, at=at)


def _add(
    *, login: str, name: str, roles: list[str], customer: int | None, actor: str, at: datetime
) -> User:
    wanted = login_of(login)
    line = parse_text(name, field="name", longest=NAME_MAX)
    try:
        with transaction.atomic():
            entered = User.objects.create(
                login=wanted,
                name=line,
                roles=roles,
                customer_id=customer,
                created_at=at,
                created_by=actor,
            )
    except IntegrityError:
        raise LoginTaken(
            "There is a user of this login name.", field="login", there=wanted
        ) from None
    audit.record(
        actor=actor,
        action="user.add",
        subject=f"user:{entered.pk}",
        at=at,
        details={"login": wanted, "roles": roles, "customer": customer},
    )
    return entered


def user(number: int, *, field: str = "user") -> User:
    """Find a user by number.

    Raises:
        UnknownUser: there is none.
    """
    found = None
    if type(number) is int and 0 < number <= _ID_MAX:
        found = User.objects.filter(pk=number).first()
    if found is None:
        raise UnknownUser(f"There is no user {number}.", field=field, there=str(number)[:40])
    return found


def find_login(login: str, *, staff: bool) -> User | None:
    """Find a user by login name among the staff or among the customers' users, if there is one."""
    try:
        wanted = login_of(login)
    except LoginMalformed:
        return None
    return User.objects.filter(login=wanted, customer__isnull=staff).first()


@transaction.atomic
def set_roles(*, number: int, roles: Iterable[str], actor: str, at: datetime) -> User:
    """Give a member of the staff other roles, from the next request on.

    Raises:
        UnknownUser, UnknownRole, NotOneself.

    Source: T14.
    """
    wanted = parse_roles(roles)
    held = _hold(number, actor)
    if not held.is_staff:
        raise UnknownUser(f"There is no member of the staff {number}.", field="user")
    before, held.roles = held.roles, wanted
    if before != wanted:
        held.save(update_fields=["roles"])
        _note(held, "user.set_roles", actor, at, before=before, now=wanted)
    return held


@transaction.atomic
def disable(*, number: int, actor: str, at: datetime) -> User:
    """Let a user do nothing more from the next request on. Disabling a disabled one changes nothing.

    Raises:
        UnknownUser, NotOneself.
    """
    held = _hold(number, actor)
    if held.disabled_at is None:
        held.disabled_at = at
        held.save(update_fields=["disabled_at"])
        _note(held, "user.disable", actor, at)
        sessions.end_all(user=held.pk, because="user disabled", actor=actor, at=at)
    return held


@transaction.atomic
def enable(*, number: int, actor: str, at: datetime) -> User:
    """Let a disabled user sign in again. Enabling an enabled one changes nothing.

    Raises:
        UnknownUser, NotOneself.
    """
    held = _hold(number, actor)
    if held.disabled_at is not None:
        held.disabled_at = None
        held.save(update_fields=["disabled_at"])
        _note(held, "user.enable", actor, at)
    return held


@transaction.atomic
def invite(*, number: int, actor: str, at: datetime) -> Invited:
    """Make a link by which a user sets a password, once and within three days.

    The links made before are worth nothing any more. The password that is there stays until then.

    Raises:
        UnknownUser, NotOneself.

    Source: T16.
    """
    held = _hold(number, actor)
    Invitation.objects.filter(user=held, used_at__isnull=True).update(used_at=at)
    text = secrets.token_urlsafe(32)
    Invitation.objects.create(user=held, digest=_digest(text), made_at=at, made_by=actor)
    _note(held, "user.invite", actor, at)
    return Invited(held, text)


def invited(text: str, *, staff: bool, at: datetime) -> User:
    """Tell who was invited by a link.

    Raises:
        InvitationUnknown: the link is worth nothing (any more).
    """
    return _invitation(text, staff=staff, at=at).user


@transaction.atomic
def accept(text: str, *, staff: bool, password: str, at: datetime) -> User:
    """Set the password of who was invited, and use up the link.

    Raises:
        InvitationUnknown: the link is worth nothing (any more).
        PasswordRefused: the link can be used again with another password.

    Source: T16.
    """
    held = _hold(_invitation(text, staff=staff, at=at).user_id)
    invitation = _invitation(
        text, staff=staff, at=at
    )  # as it stands now that the user's row is ours
    check_password(password, login=held.login)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    _keep(held, password, action="user.set_password", at=at)
    return held


@transaction.atomic
def change_password(*, number: int, old: str, new: str, session: int | None, at: datetime) -> User:
    """Let a user change the password, which ends the other sessions.

    Args:
        session: the one in which it happens; it goes on.

    Raises:
        PasswordWrong: `old` is not the password.
        PasswordRefused: `new` cannot be one.

    Source: T16. Count the attempt before.
    """
    held = _hold(number)
    if not password_fits(old, held.password):
        raise PasswordWrong("This is not the password.", field="old")
    check_password(new, login=held.login)
    _keep(held, new, action="user.change_password", but=session, at=at)
    return held


def _keep(held: User, password: str, *, action: str, but: int | None = None, at: datetime) -> None:
    held.password, held.password_set_at = hash_password(password), at
    held.save(update_fields=["password", "password_set_at"])
    _note(held, action, held.actor, at)
    sessions.end_all(user=held.pk, because="password changed", but=but, actor=held.actor, at=at)


def _hold(number: int, actor: str | None = None) -> User:
    """Give the user's row, ours until the transaction ends; refuse who means himself."""
    found = user(number)
    if actor == found.actor:
        raise NotOneself("Nobody changes his own rights.", field="user", there=str(number))
    return User.objects.select_for_update(no_key=True).get(pk=found.pk)


def _invitation(text: str, *, staff: bool, at: datetime) -> Invitation:
    found = None
    if INVITATION.fullmatch(text):
        found = (
            Invitation.objects.select_related("user")
            .filter(
                digest=_digest(text),
                used_at__isnull=True,
                made_at__gt=at - INVITATION_LIFE,
                user__disabled_at__isnull=True,
                user__customer__isnull=staff,
            )
            .first()
        )
    if found is None:
        raise InvitationUnknown("This link is worth nothing any more.")
    return found


def _note(held: User, action: str, actor: str, at: datetime, **details: object) -> None:
    audit.record(actor=actor, action=action, subject=f"user:{held.pk}", at=at, details=details)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
