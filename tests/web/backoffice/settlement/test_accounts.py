"""The pages of merchant accounts: found, shown, opened, switched."""

from __future__ import annotations

import pytest

from builders import a_customer, queries
from settlement_builders import a_merchant_account, a_record, some_terms, the_bill
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/settlement/accounts"


def numbers(client, **query):
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [row.number for row in answer.context["rows"]]


@pytest.mark.rule("B-01", "B-30")
def test_accounts_are_found_with_what_is_owed():
    shop = a_merchant_account(owner=a_customer(name="Corner Shop"))
    taxi = a_merchant_account("USD", owner=a_customer(name="Taxi"))
    client = staff_client("support")

    assert numbers(client) == [shop.number, taxi.number]
    assert numbers(client, q="corner") == numbers(client, currency="CNY") == [shop.number]
    assert numbers(client, after=str(shop.number)) == [taxi.number]
    assert numbers(client, state="off") == []
    assert client.get(LIST, {"after": "x"}).status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_list():
    a_merchant_account()
    client = staff_client("support")
    with queries() as few:
        client.get(LIST)
    for _ in range(5):
        a_merchant_account()
    with queries() as many:
        client.get(LIST)

    assert len(many) == len(few)


@pytest.mark.rule("B-01", "B-07", "B-16")
def test_an_account_shows_its_amount_its_business_and_its_terms():
    account = a_merchant_account()
    a_record(account, "100.00", kind="service")
    a_record(account, "-130.00", kind="advance")
    the_bill(account)
    a_record(account, "7.00", kind="service")
    a_record(account, "5.00", kind="service", confirmed=False)
    some_terms(account, cycle="week", anchor=3)

    answer = staff_client("auditor").get(f"{LIST}/{account.number}")

    assert str(answer.context["view"].amount) == "-30.00 CNY"
    earned = {one.kind: one for one in answer.context["earned"].kinds}
    service = earned["service"]
    assert (service.pending.text, service.unbilled.text, service.billed.text) == (
        "5.00",
        "7.00",
        "100.00",
    )
    assert answer.context["earned"].billed.text == "-30.00"
    page = answer.content.decode()
    assert "every week, from Wednesday on" in page
    assert "The merchant owes" in page


def test_an_account_that_is_not_there_is_said_so():
    assert staff_client("support").get(f"{LIST}/499999").status_code == 404


def test_an_account_is_opened_once():
    owner, client = a_customer(), staff_client("admin")
    sent = {"key": a_form_key(), "owner": str(owner), "currency": "CNY", "name": "default"}

    first = client.post(f"{LIST}/open", sent)
    second = client.post(f"{LIST}/open", sent)

    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert len(numbers(client)) == 1
    assert client.post(f"{LIST}/open", {**sent, "owner": "x"}).status_code == 404
    assert client.post(f"{LIST}/open", {**sent, "name": "n" * 41}).status_code == 400
    assert client.get(f"{LIST}/open").status_code == 200


def test_an_account_is_switched_off_and_on_with_a_reason():
    account, client = a_merchant_account(), staff_client("admin")
    where = f"{LIST}/{account.number}/switch"

    assert client.get(where).status_code == 200
    without = client.post(where, {"key": a_form_key(), "to": "off", "reason": ""})
    for _ in range(2):
        client.post(where, {"key": a_form_key(), "to": "off", "reason": "fraud"})

    assert without.status_code == 400
    assert numbers(client, state="off") == [account.number]
    client.post(where, {"key": a_form_key(), "to": "on", "reason": "cleared"})
    assert numbers(client, state="on") == [account.number]
