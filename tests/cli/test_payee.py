"""`tael payee`."""

from __future__ import annotations

from builders import a_customer


def test_a_payee_account_is_added_listed_and_closed(tael):
    customer = a_customer()

    made = tael.json(
        "payee", "add", "--customer", customer, "--holder", "Li Hua", "--detail", "account=6222=1"
    )

    assert made["details"] == {"account": "6222=1"}
    assert len(tael.json("payee", "list", "--customer", customer)["data"]) == 1
    assert tael.json("payee", "close", made["number"], "--customer", customer)["active"] is False
    assert tael.json("payee", "list", "--customer", customer)["data"] == []
    assert len(tael.json("payee", "list", "--customer", customer, "--closed-too")["data"]) == 1
    assert tael.refusal("payee", "close", 999, "--customer", customer)["code"] == "unknown_payee"
