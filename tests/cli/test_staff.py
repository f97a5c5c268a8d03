"""`tael staff`."""

from __future__ import annotations

import pytest

from builders import a_customer
from tael.parties.user import accept, find_login
from tael.web.access.door import now


def test_the_first_administrator_is_made_and_sets_a_password_by_the_link(tael):
    made = tael.json("staff", "add", "Ada@Example.com", "Ada", "--role", "admin")
    text = made["link"].partition("link=")[2]

    accept(text, staff=True, password="correct horse battery", at=now())
    assert find_login("ada@example.com", staff=True).roles == ["admin"]
    assert [row["login"] for row in tael.json("staff", "list")["data"]] == ["ada@example.com"]
    assert text not in tael("staff", "list").stdout


def test_what_is_no_role_or_address_is_refused(tael):
    assert tael.refusal("staff", "add", "a@example.com", "A")["code"] == "unknown_role"
    wrong = tael.refusal("staff", "add", "a at example", "A", "--role", "admin")
    assert wrong["code"] == "login_malformed"
    tael.json("staff", "add", "a@example.com", "A", "--role", "admin")
    again = tael.refusal("staff", "add", " A@EXAMPLE.COM ", "A", "--role", "admin")
    assert again["code"] == "login_taken"


def test_who_is_locked_out_is_helped(tael):
    first = tael.json("staff", "add", "a@example.com", "A", "--role", "admin")["link"]

    assert tael.json("staff", "invite", "a@example.com")["link"] != first
    assert tael.json("staff", "reset", "a@example.com")["login"] == "a@example.com"
    assert tael.json("staff", "disable", "a@example.com")["disabled_at"]
    assert tael.refusal("staff", "reset", "b@example.com")["code"] == "unknown_user"


@pytest.mark.rule("I32")
def test_who_is_a_customer_as_well_is_written_down(tael):
    tael.json("staff", "add", "a@example.com", "A", "--role", "finance_maker")
    customer = a_customer()

    assert tael.json("staff", "own-customer", "a@example.com", customer)["own_customer"] == customer
    assert tael.json("staff", "own-customer", "a@example.com")["own_customer"] is None
    assert tael.refusal("staff", "own-customer", "a@example.com", 99)["code"] == "unknown_customer"
