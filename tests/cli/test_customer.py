"""`tael customer`."""

from __future__ import annotations

from builders import AT, STAFF
from tael.parties.user import accept, add_customer_user


def test_a_customer_is_registered_found_stopped_and_let_go_on(tael):
    assert tael.json("customer", "register", "李华", "--number", 10012)["number"] == 10012
    other = tael.json("customer", "register", "Wang Wei")["number"]

    assert [row["number"] for row in tael.json("customer", "list", "華")["data"]] == []
    assert [row["number"] for row in tael.json("customer", "list", "华")["data"]] == [10012]
    assert [row["number"] for row in tael.json("customer", "list", other)["data"]] == [other]
    stopped = tael.json("customer", "disable", 10012, "--reason", "a complaint")
    assert (stopped["disabled"], stopped["disabled_reason"]) == (True, "a complaint")
    assert (
        tael.refusal("recharge", "--owner", 10012, "--amount", "1", "--currency", "CNY")["code"]
        == "customer_disabled"
    )
    assert tael.json("customer", "enable", 10012, "--reason", "settled")["disabled"] is False
    assert tael.refusal("customer", "show", 999)["code"] == "unknown_customer"
    assert tael.refusal("customer", "register", " ")["code"] == "text_malformed"


def test_a_customers_user_who_lost_the_password_gets_one_link(tael):
    number = tael.json("customer", "register", "李华")["number"]
    made = add_customer_user(
        login="li@example.com", name="Li Hua", customer=number, actor=STAFF, at=AT
    )

    first, second = (tael.json("customer", "invite", "li@example.com") for _ in range(2))

    assert (second["number"], second["customer"]) == (made.pk, number)
    assert first["link"] != second["link"]
    path, _, text = second["link"].partition("?link=")
    assert path == "/portal/set-password"
    assert accept(text, staff=False, password="four words of his own", at=AT).pk == made.pk
    assert tael.refusal("customer", "invite", "staff@example.com")["code"] == "unknown_user"
