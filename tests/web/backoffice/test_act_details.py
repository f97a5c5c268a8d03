from __future__ import annotations

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
