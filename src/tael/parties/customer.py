"""Customers (用戶): the holders of wallets, known by their number (`uid`).

Source: F-10, F-19 (uid), E-02.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django.db import transaction

from tael import books
from tael.parties import actor as actors
from tael.parties import audit
from tael.parties.models import Customer
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Customer",
    "CustomerDisabled",
    "CustomerExists",
    "CustomerNumberRefused",
    "UnknownCustomer",
    "check_active",
    "customer",
    "disable",
    "enable",
    "register",
]

FIRST_NUMBER: Final = 10001
LAST_NUMBER: Final = 10**15
NAME_MAX: Final = 200
REASON_MAX: Final = 500
STOPPED_MAX: Final = 10_000  # beyond it they are not held in memory and each is asked for

_COLUMNS: Final = (
    "number",
    "name",
    "registered_at",
    "registered_by",
    "disabled_at",
    "disabled_reason",
)
_STOPPED: Final = "SELECT number FROM parties_customer WHERE disabled_at IS NOT NULL LIMIT %s"
_BY_NUMBER: Final = f"SELECT {', '.join(_COLUMNS)} FROM parties_customer WHERE number = %s"


class UnknownCustomer(Refusal):
    """There is no customer of this number."""

    code = "unknown_customer"
    because: ClassVar[Because] = "absent"
    rule = "F-19"
    remedy = "Check the number; only one who is registered as a customer has money here."


class CustomerDisabled(Refusal):
    """The customer's operations have been stopped."""

    code = "customer_disabled"
    because: ClassVar[Because] = "forbidden"
    rule = "F-38"
    remedy = "Have the customer enabled again by those who stopped the account."


class CustomerExists(Refusal):
    """A customer of this number has been registered before."""

    code = "customer_exists"
    because: ClassVar[Because] = "conflict"
    rule = "E-02"
    remedy = "Use another number, or none to be given one."


class CustomerNumberRefused(Refusal):
    """The number asked for is no positive whole number in the range."""

    code = "customer_number_refused"
    rule = "E-02"
    remedy = "Use a whole number in the allowed range, or none to be given one."


@transaction.atomic
def register(
    *, name: str, number: int | None = None, actor: str = actors.SYSTEM, at: datetime
) -> Customer:
    """Enter a customer in the registry.

    Args:
        number: the number under which an older system knows the customer; without one the next free
            number from 10001 up is given.

    Raises:
        CustomerExists: the number is taken.
        CustomerNumberRefused: the number is out of range.
        TextMalformed: the name is empty, too long or no line of text.

    Source: F-10, E-02.
    """
    line = parse_text(name, field="name", longest=NAME_MAX)
    if number is not None:
        if type(number) is not int or not 0 < number < LAST_NUMBER:
            raise CustomerNumberRefused(
                "this cannot be a customer's number",
                field="number",
                there=str(number)[:40],
                allowed=f"1 to {LAST_NUMBER - 1}",
            )
        entered = _enter(number, line, actor, at)
        if entered is None:
            raise CustomerExists(f"customer {number} exists", field="number", there=str(number))
        return entered
    while True:  # numbers of older systems may stand in the sequence's way
        entered = _enter(_next_number(), line, actor, at)
        if entered is not None:
            return entered


def customer(number: int, *, field: str = "customer", disabled_too: bool = False) -> Customer:
    """Find the customer of a number.

    Args:
        field: the name of the input, for the refusal.
        disabled_too: give also a customer whose operations have been stopped; for reading, and for
            money that has already come in.

    Raises:
        UnknownCustomer, CustomerDisabled.

    Source: F-19, F-38.
    """
    row = None
    if type(number) is int and 0 < number < LAST_NUMBER:
        row = books.once_in_a_batch(
            ("customer", number),
            lambda: books.connection().execute(_BY_NUMBER, [number]).fetchone(),
        )
    if row is None:
        raise UnknownCustomer(f"there is no customer {number}", field=field, there=str(number)[:40])
    found = Customer.from_db("default", _COLUMNS, row)
    if found.disabled and not disabled_too:
        raise CustomerDisabled(f"customer {number} is disabled", field=field, there=str(number))
    return found


def _read_stopped() -> frozenset[int] | None:
    rows = books.connection().execute(_STOPPED, [STOPPED_MAX + 1]).fetchall()
    return None if len(rows) > STOPPED_MAX else frozenset(number for (number,) in rows)


_stopped: Final[books.Snapshot[frozenset[int] | None]] = books.Snapshot(_read_stopped)


def check_active(number: int, *, field: str = "customer") -> None:
    """Refuse a customer whose operations have been stopped; who has not is let pass without a query.

    For a customer who is known to exist, because he has a wallet. One who is stopped by another process
    is refused here within the life of a snapshot.

    Args:
        field: the name of the input, for the refusal.

    Raises:
        CustomerDisabled: he has been stopped.

    Source: F-38.
    """
    stopped = _stopped.get()
    if stopped is None or number in stopped:
        customer(number, field=field)


@transaction.atomic
def disable(*, number: int, reason: str, actor: str, at: datetime) -> Customer:
    """Stop a customer's operations from the next one on. Balances stay as they are.

    Disabling a disabled customer keeps the first moment and reason.

    Raises:
        UnknownCustomer: there is none of this number.
        TextMalformed: there is no reason.
    """
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    held = _locked(number)
    if held.disabled:
        return held
    held.disabled_at, held.disabled_reason = at, why
    held.save(update_fields=["disabled_at", "disabled_reason"])
    _stopped.changed()
    audit.record(
        actor=actor,
        action="customer.disable",
        subject=f"customer:{number}",
        at=at,
        details={"reason": why},
    )
    return held


@transaction.atomic
def enable(*, number: int, reason: str, actor: str, at: datetime) -> Customer:
    """Let a customer's operations go on.

    Raises:
        UnknownCustomer: there is none of this number.
        TextMalformed: there is no reason.
    """
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    held = _locked(number)
    if not held.disabled:
        return held
    before = held.disabled_reason
    held.disabled_at, held.disabled_reason = None, ""
    held.save(update_fields=["disabled_at", "disabled_reason"])
    _stopped.changed()
    audit.record(
        actor=actor,
        action="customer.enable",
        subject=f"customer:{number}",
        at=at,
        details={"reason": why, "disabled_for": before},
    )
    return held


def _enter(number: int, name: str, actor: str, at: datetime) -> Customer | None:
    """Insert the row, or give None where the number is taken; a parallel twin is waited for."""
    row = (
        books.connection()
        .execute(
            "INSERT INTO parties_customer (number, name, registered_at, registered_by, disabled_reason)"
            f" VALUES (%s, %s, %s, %s, '') ON CONFLICT (number) DO NOTHING RETURNING {', '.join(_COLUMNS)}",
            [number, name, at, actor],
        )
        .fetchone()
    )
    return None if row is None else Customer.from_db("default", _COLUMNS, row)


def _next_number() -> int:
    row = books.connection().execute("SELECT nextval('parties_customer_number')").fetchone()
    assert row is not None
    return int(row[0])


def _locked(number: int) -> Customer:
    found = customer(number, disabled_too=True, field="number")
    return Customer.objects.select_for_update(no_key=True).get(pk=found.pk)
