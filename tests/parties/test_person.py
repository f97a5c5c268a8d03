"""Whoever comes as the customer is the customer; whoever only has his number is not."""

from __future__ import annotations

import pytest

from builders import AT, STAFF, a_customer
from tael.parties.api_key import create_api_key
from tael.parties.audit_search import actor_names
from tael.parties.customer import UnknownCustomer
from tael.parties.person import is_customer, set_own_customer
from tael.parties.queries import audit_trail
from tael.parties.user import NotOneself, UnknownUser, user
from visits import a_customer_user, a_staff_user

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]


def test_a_number_shared_by_a_user_and_a_customer_is_two_people():
    member = a_staff_user("finance_maker")
    customer = a_customer(member.pk, name="Same Number")

    assert not is_customer(member.actor, customer)
    assert is_customer(f"customer:{customer}", customer)
    assert actor_names([member.actor, f"customer:{customer}"]) == {
        member.actor: member.name,
        f"customer:{customer}": "Same Number",
    }


def test_a_customer_is_known_in_each_of_his_names():
    customer, other = a_customer(), a_customer()
    his = a_customer_user(customer)
    key = create_api_key(name="his", scopes=["wallets:read"], customer=customer, actor=STAFF, at=AT)

    names = [f"customer:{customer}", his.actor, key.key.actor, f"user:{customer}"]
    assert [is_customer(name, customer) for name in names] == [True] * 4
    assert [is_customer(name, other) for name in names] == [False] * 4
    for nobody in ("system", "cli:ada", "cmspro", "key:999999", "user:x"):
        assert not is_customer(nobody, customer)


def test_an_older_entry_that_says_user_of_a_customer_still_shows_his_name():
    customer = a_customer(name="Li Hua")

    assert actor_names([f"user:{customer}"]) == {f"user:{customer}": "Li Hua"}


def test_a_member_of_the_staff_may_be_known_as_a_customer():
    member, customer = a_staff_user("finance_checker"), a_customer()
    given = {"number": member.pk, "actor": STAFF, "at": AT}

    assert not is_customer(member.actor, customer)
    set_own_customer(customer=customer, **given)
    set_own_customer(customer=customer, **given)
    assert is_customer(member.actor, customer)
    acts = [
        act for act in audit_trail(subject=member.actor) if act.action == "user.set_own_customer"
    ]
    assert [act.details for act in acts] == [{"before": None, "now": customer}]
    set_own_customer(customer=None, **given)
    assert not is_customer(member.actor, customer)


def test_nobody_says_it_of_himself_and_only_staff_has_it():
    member, customer = a_staff_user("admin"), a_customer()
    his = a_customer_user(customer)

    with pytest.raises(NotOneself):
        set_own_customer(number=member.pk, customer=customer, actor=member.actor, at=AT)
    with pytest.raises(UnknownCustomer):
        set_own_customer(number=member.pk, customer=99, actor=STAFF, at=AT)
    with pytest.raises(UnknownUser):
        set_own_customer(number=his.pk, customer=customer, actor=STAFF, at=AT)
    assert user(member.pk).own_customer_id is None
