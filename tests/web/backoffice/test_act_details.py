from __future__ import annotations

import pytest

from tael.web.backoffice.act_details import details_of


def test_the_facts_of_an_act_are_lines_and_the_key_of_a_form_is_none_of_them():
    act = {
        "after": {"currencies": "CNY"},
        "before": {"currencies": "ALL"},
        "scopes": ["wallets:read", "cards:read"],
        "customer": None,
        "request": "42103a67",
        "roles": [],
    }

    assert details_of(act) == [
        ("before currencies", "ALL"),
        ("after currencies", "CNY"),
        ("scopes", "wallets:read, cards:read"),
        ("customer", "-"),
        ("roles", "-"),
    ]


@pytest.mark.usefixtures("db")
def test_an_amount_is_written_as_money_or_named_as_what_it_is():
    assert details_of({"amount": 5000, "currency": "CNY"})[0] == ("amount", "50.00 CNY")
    assert details_of({"before": 20000, "after": None, "limit": 7}, "check_limit:CNY") == [
        ("before", "200.00 CNY"),
        ("after", "-"),
        ("limit", "7"),
    ]
    told = details_of({"after": {"cap": 150000}, "customer": 10012}, "merchant_account:500001")
    assert told == [("after cap (in the smallest unit)", "150000"), ("customer", "10012")]
