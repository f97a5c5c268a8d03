"""The person behind an actor: whether it is the customer whose money is decided about.

A customer may be named by himself, by anybody who signs in for him, by his API key, and by a member of the
staff who is known to be a customer as well. None of them decides about his money.

Source: I32; F-33; SM-02.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tael.parties import actor as actors
from tael.parties import audit
from tael.parties.customer import customer as find_customer
from tael.parties.models import ApiKey, User
from tael.parties.user import NotOneself, UnknownUser, user

if TYPE_CHECKING:
    from datetime import datetime


def is_customer(actor: str, customer: int) -> bool:
    """Tell whether an actor is this customer, whatever the name under which he comes.

    A `user:` whose number nobody signs in under is the older way of naming a customer by his own number.

    Source: I32.
    """
    return customer in customers_behind(actor)


def customers_behind(actor: str) -> frozenset[int]:
    """Give the customers that an actor is; see `is_customer`.

    Source: I32.
    """
    who = actors.read(actor)
    if who.number is None:
        return frozenset()
    named: tuple[int | None, ...] | None = (who.number,)
    if who.kind == actors.USER:
        rows = User.objects.filter(pk=who.number)
        named = rows.values_list("customer_id", "own_customer_id").first() or named
    elif who.kind == actors.KEY:
        named = ApiKey.objects.filter(pk=who.number).values_list("customer_id").first()
    return frozenset(number for number in named or () if number is not None)


@transaction.atomic
def set_own_customer(*, number: int, customer: int | None, actor: str, at: datetime) -> User:
    """Write down that a member of the staff is a customer as well, so that he cannot decide about his money.

    Args:
        number: the user's. customer: his number as a customer; None if he is none.

    Raises:
        UnknownUser: there is none, or it is a customer's user. UnknownCustomer.
        NotOneself: he would say it of himself.

    Source: I32.
    """
    found = user(number)
    if not found.is_staff:
        raise UnknownUser(f"There is no member of the staff {number}.", field="user")
    if actor == found.actor:
        raise NotOneself("Nobody changes his own rights.", field="user", there=str(number))
    wanted = None if customer is None else find_customer(customer, disabled_too=True).number
    held = User.objects.select_for_update(no_key=True).get(pk=found.pk)
    before, held.own_customer_id = held.own_customer_id, wanted
    if before != wanted:
        held.save(update_fields=["own_customer"])
        audit.record(
            actor=actor,
            action="user.set_own_customer",
            subject=f"user:{held.pk}",
            at=at,
            details={"before": before, "now": wanted},
        )
    return held
