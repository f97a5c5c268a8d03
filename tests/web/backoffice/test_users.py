"""The customers' users: support invites whoever has no password yet, an administrator anybody."""

from __future__ import annotations

import re

import pytest

from builders import STAFF, a_customer
from tael.parties.queries import users
from tael.parties.user import accept, invite
from tael.web.access.door import now
from visits import a_customer_user, a_staff_user, customer_client, staff_client

PASSWORD = "correct horse battery"


def with_password(customer):
    made = a_customer_user(customer)
    link = invite(number=made.pk, actor=STAFF, at=now())
    return accept(link.text, staff=False, password=PASSWORD, at=now())


@pytest.mark.parametrize("role", ["support", "admin"])
def test_a_customer_is_invited_and_sets_a_password(db, role):
    customer = a_customer()
    fields = {"login": "li@example.com", "name": "Li Hua", "customer": str(customer)}

    page = staff_client(role).post("/backoffice/users/add", fields).content.decode()

    text = re.search(r"/portal/set-password\?link=([^\"]*)\"", page).group(1)
    made = accept(text, staff=False, password=PASSWORD, at=now())
    assert (made.customer_id, made.roles) == (customer, [])


@pytest.mark.parametrize("customer", ["999999", "", "x", "-1", "9" * 30])
def test_an_unknown_customer_is_not_invited(db, customer):
    fields = {"login": "li@example.com", "name": "Li Hua", "customer": customer}

    assert staff_client("support").post("/backoffice/users/add", fields).status_code in {400, 404}
    assert not users(staff=False)


@pytest.mark.rule("T14")
def test_support_cannot_take_over_a_user_with_a_password(db):
    his = with_password(a_customer())
    address = f"/backoffice/users/{his.pk}/change"

    refused = staff_client("support").post(address, {"act": "invite"})
    assert (refused.status_code, b"role_missing" in refused.content) == (403, True)
    assert b"set-password?link=" in staff_client("admin").post(address, {"act": "invite"}).content


@pytest.mark.rule("T14")
def test_support_lets_nobody_else_in_to_a_customers_money(db):
    fields = {"login": "me@example.com", "name": "Me", "customer": str(a_customer())}
    a_customer_user(int(fields["customer"]))

    refused = staff_client("support").post("/backoffice/users/add", fields)
    assert (refused.status_code, b"role_missing" in refused.content) == (403, True)
    assert len(users(staff=False)) == 1
    added = staff_client("admin").post("/backoffice/users/add", fields)
    assert b"set-password?link=" in added.content


@pytest.mark.rule("T14")
def test_nobody_of_the_staff_is_reached_through_the_customers_pages(db):
    member, support = a_staff_user("admin"), staff_client("support")

    assert support.get(f"/backoffice/users/{member.pk}").status_code == 404
    for act in ("invite", "disable"):
        address = f"/backoffice/users/{member.pk}/change"
        assert support.post(address, {"act": act}).status_code == 404


@pytest.mark.rule("T16")
def test_a_disabled_user_is_out_at_the_next_request(db):
    his = with_password(a_customer())
    browser = customer_client(his.customer_id, user=his)
    assert browser.get("/portal/security").status_code == 200

    address = f"/backoffice/users/{his.pk}/change"
    assert staff_client("support").post(address, {"act": "disable"}).status_code == 303
    assert browser.get("/portal/security").status_code == 302


def test_users_are_found_by_customer_address_and_name(db):
    one, other = a_customer_user(a_customer()), a_customer_user(a_customer())
    support = staff_client("support")

    for text in (str(one.customer_id), one.login):
        page = support.get("/backoffice/users", {"text": text}).content.decode()
        assert (f">{one.login}<" in page, f">{other.login}<" in page) == (True, False)
    both = support.get("/backoffice/users", {"text": "li hua"}).content.decode()
    assert one.login in both
    assert other.login in both
    nobody = support.get("/backoffice/users", {"text": "%_\x00'"})
    assert nobody.status_code == 200
