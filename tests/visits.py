"""Browsers in which somebody has signed in, for the tests of pages."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from django.test import Client

from builders import STAFF
from tael.parties import session as sessions
from tael.parties.user import User, add_customer_user, add_staff
from tael.web.access.door import BACKOFFICE_DOOR, PORTAL_DOOR

_NUMBERS = count(1)


def a_staff_user(*roles: str) -> User:
    """A member of the staff with these roles."""
    return add_staff(
        login=f"staff{next(_NUMBERS)}@example.com",
        name=" ".join(roles),
        roles=roles,
        actor=STAFF,
        at=_now(),
    )


def a_customer_user(customer: int) -> User:
    """Somebody who signs in for the customer."""
    return add_customer_user(
        login=f"customer{next(_NUMBERS)}@example.com",
        name="Li Hua",
        customer=customer,
        actor=STAFF,
        at=_now(),
    )


def staff_client(*roles: str, user: User | None = None, **given) -> Client:
    """A browser in which a member of the staff has signed in, with the second factor."""
    begun = sessions.begin(
        user or a_staff_user(*roles), address="127.0.0.1", browser="", second_factor=True, at=_now()
    )
    client = Client(SERVER_NAME="localhost", **given)
    client.cookies[BACKOFFICE_DOOR.cookie] = begun.text
    return client


def customer_client(customer: int, *, user: User | None = None, **given) -> Client:
    """A browser in which somebody has signed in for the customer."""
    begun = sessions.begin(
        user or a_customer_user(customer), address="127.0.0.1", browser="", at=_now()
    )
    client = Client(SERVER_NAME="localhost", **given)
    client.cookies[PORTAL_DOOR.cookie] = begun.text
    return client


def _now() -> datetime:
    """Sessions are asked for by the real clock of the doors."""
    return datetime.now(UTC)  # noqa: TID251 - as the doors do
