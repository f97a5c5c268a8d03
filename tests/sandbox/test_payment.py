"""A payment is what its merchant signed, and ends once."""

from __future__ import annotations

import json

import pytest

from sandbox.conftest import NOW, OTHER, asked
from tael.sandbox.payment import begin_payment, decline, find_payment, pay, refund
from tael.sandbox.refusals import (
    SandboxAbsent,
    SandboxPaymentOver,
    SandboxRefused,
    SandboxSignature,
)
from tael.sandbox.signature import sign_parameters


def told(house) -> list[tuple[str, str, str]]:
    rows = [
        json.loads(row["facts"]) for row in house.store.rows("SELECT * FROM notice ORDER BY id")
    ]
    return [(facts["status"], facts["amount"], facts["order"]) for facts in rows]


def test_a_signed_redirect_opens_a_payment_and_the_same_one_again(house):
    first = begin_payment(house, asked(), now=NOW)
    again = begin_payment(house, asked(subject="tea"), now=NOW + 5)

    assert (first["state"], first["amount"], first["currency"]) == ("open", "10.00", "CNY")
    assert (again["id"], again["token"], again["subject"]) == (first["id"], first["token"], "tea")
    assert begin_payment(house, asked(amount="9.00"), now=NOW)["id"] != first["id"]


@pytest.mark.parametrize(
    "name", ["merchant", "order", "amount", "currency", "notify_url", "return_url"]
)
def test_a_parameter_that_was_changed_on_the_way_is_refused(house, name):
    other = {
        "merchant": "other",
        "order": "R6",
        "amount": "0.01",
        "currency": "JPY",
        "notify_url": "http://127.0.0.1:9/thief",
        "return_url": "",
    }

    with pytest.raises(SandboxSignature):
        begin_payment(house, asked() | {name: other[name]}, now=NOW)
    assert house.store.rows("SELECT * FROM payment") == []


def test_a_merchant_signs_for_himself_only(house):
    forged = asked(merchant="other")
    genuine = forged | {"signature": sign_parameters(OTHER, "pay", forged)}

    with pytest.raises(SandboxSignature):
        begin_payment(house, forged, now=NOW)
    assert begin_payment(house, genuine, now=NOW)["merchant"] == "other"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order": None}, "order"),
        ({"order": ""}, "order"),
        ({"colour": "red"}, "colour"),
        ({"subject": "x" * 101}, "subject"),
        ({"notify_url": "file:///etc/passwd"}, "notify_url"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"environment": "live"}, "environment"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"currency": "XXX"}, "amount"),
        ({"expires": "soon"}, "expires"),
    ],
)
def test_what_is_signed_and_out_of_its_form_is_refused(house, changes, field):
    with pytest.raises(SandboxRefused) as refused:
        begin_payment(house, asked(**changes), now=NOW)

    assert refused.value.field == field


def test_the_payer_pays_what_is_asked_or_chooses_and_the_merchant_is_told_once(house):
    exact = begin_payment(house, asked(), now=NOW)["token"]
    other = begin_payment(house, asked(order="R6"), now=NOW)["token"]

    for _ in range(2):  # a double click
        pay(house, exact, None, now=NOW)
        pay(house, other, "0.01", now=NOW)

    assert told(house) == [("paid", "10.00", "R5"), ("paid", "0.01", "R6")]
    assert find_payment(house, other)["paid"] == "0.01"
    assert begin_payment(house, asked(), now=NOW)["state"] == "paid"


def test_a_declined_payment_is_over_and_the_next_try_is_a_new_one(house):
    first = begin_payment(house, asked(), now=NOW)
    decline(house, first["token"], now=NOW)

    with pytest.raises(SandboxPaymentOver):
        pay(house, first["token"], None, now=NOW)
    assert begin_payment(house, asked(), now=NOW)["number"] != first["number"]
    assert told(house) == [("declined", "10.00", "R5")]


def test_a_paid_one_cannot_be_declined(house):
    token = begin_payment(house, asked(), now=NOW)["token"]
    pay(house, token, None, now=NOW)

    with pytest.raises(SandboxPaymentOver):
        decline(house, token, now=NOW)


def test_after_its_time_a_payment_takes_no_money(house):
    token = begin_payment(house, asked(expires=str(int(NOW) + 60)), now=NOW)["token"]

    with pytest.raises(SandboxPaymentOver):
        pay(house, token, None, now=NOW + 60)
    pay(house, token, None, now=NOW + 59)
    assert told(house) == [("paid", "10.00", "R5")]


def test_no_more_is_given_back_than_was_paid(house):
    token = begin_payment(house, asked(), now=NOW)["token"]
    with pytest.raises(SandboxPaymentOver):
        refund(house, token, "1.00", now=NOW)
    pay(house, token, "8.00", now=NOW)

    refund(house, token, "5.00", now=NOW)
    with pytest.raises(SandboxPaymentOver) as refused:
        refund(house, token, "3.01", now=NOW)
    refund(house, token, "3.00", now=NOW)

    assert refused.value.allowed == "3.00"
    assert told(house)[1:] == [("refunded", "5.00", "R5"), ("refunded", "3.00", "R5")]


def test_a_page_of_no_payment_is_absent(house):
    with pytest.raises(SandboxAbsent):
        find_payment(house, "nothing")
    with pytest.raises(SandboxAbsent):
        pay(house, "nothing", None, now=NOW)
