"""Whoever loads the demo data can sign in as everybody in them, on both sites."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer
from tael.cli.demo_users import CUSTOMERS, NoDemoUsers, add_demo_users, demo_code
from tael.parties import second_factor
from tael.parties.sign_in import sign_in


@pytest.fixture
def keys(db):
    for number in CUSTOMERS:
        a_customer(number)
    return add_demo_users(actor=STAFF, at=AT)


def enter(login, keys, *, staff):
    password = keys["Password"].partition("   ")[0]
    given = {"known": False, "address": "", "browser": "", "at": AT}
    return sign_in(login=login, password=password, staff=staff, **given).session.user


def test_one_of_the_staff_for_each_role_and_each_customer_can_sign_in(keys, tmp_path):
    kept = tmp_path / "demo.json"
    kept.write_text(json.dumps(keys), "utf-8")
    roles = []
    for login in keys["Back office"].split(", "):
        user = enter(login, keys, staff=True)
        second_factor.show(user, demo_code(kept, at=AT), at=AT)
        roles += user.roles
    users = [enter(login, keys, staff=False) for login in keys["Portal"].split(", ")]
    codes = {demo_code(kept, at=AT + timedelta(minutes=minutes)) for minutes in range(5)}

    assert sorted(roles) == ["admin", "auditor", "finance_checker", "finance_maker", "support"]
    assert [user.customer_id for user in users] == list(CUSTOMERS)
    assert len(codes) > 3  # it changes with the time


def test_without_demo_data_there_is_no_code(tmp_path):
    with pytest.raises(NoDemoUsers):
        demo_code(tmp_path / "demo.json", at=AT)
