"""A merchant asks about his own orders and is told everything, sent or not."""

from __future__ import annotations

import json

import pytest

from sandbox.conftest import NOW, OTHER, SECRET, asked
from tael.sandbox.notices import Sending, change_habits, facts_of, plan
from tael.sandbox.payment import begin_payment, pay, refund
from tael.sandbox.question import answer_question
from tael.sandbox.refusals import SandboxRefused, SandboxSignature
from tael.sandbox.signature import sign_notice, sign_parameters


def question(secret: bytes = SECRET, **changes: str) -> dict[str, str]:
    told = {"merchant": "shop", "order": "R5", "asked_at": str(int(NOW)), **changes}
    return told | {"signature": sign_parameters(secret, "query", told)}


def events(house, **changes) -> list[dict[str, str]]:
    body, headers = answer_question(house, question(**changes), now=NOW)
    seconds = int(headers["webhook-timestamp"])
    expected = sign_notice(SECRET, headers["webhook-id"], seconds, body)
    assert headers["webhook-signature"] == expected
    return json.loads(body)["events"]


def test_every_event_is_told_in_order_whether_it_was_sent_or_kept_back(house):
    change_habits(house.store, copies=3, keep_back=True)
    token = begin_payment(house, asked(), now=NOW)["token"]
    pay(house, token, None, now=NOW)
    refund(house, token, "2.00", now=NOW)

    told = events(house)

    assert [(one["status"], one["amount"]) for one in told] == [
        ("paid", "10.00"),
        ("refunded", "2.00"),
    ]
    assert len({one["event"] for one in told}) == 2


def test_what_an_operator_made_up_is_not_told(house):
    row = begin_payment(house, asked(), now=NOW)
    with house.store.change() as change:
        plan(change, row, facts_of(row, status="paid", amount="9.00", at=NOW), Sending(), now=NOW)

    assert events(house) == []


def test_an_order_of_another_merchant_or_of_nobody_is_empty(house):
    pay(house, begin_payment(house, asked(), now=NOW)["token"], None, now=NOW)

    assert events(house, order="R6") == []
    body, _ = answer_question(house, question(OTHER, merchant="other"), now=NOW)
    assert json.loads(body)["events"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        question(OTHER),
        question(merchant="nobody"),
        question() | {"order": "R6"},
        question(asked_at=str(int(NOW) - 301)),
        question(asked_at=str(int(NOW) + 301)),
        question(asked_at="now"),
    ],
)
def test_who_cannot_prove_who_he_is_now_is_told_nothing(house, wrong):
    with pytest.raises(SandboxSignature):
        answer_question(house, wrong, now=NOW)


def test_a_question_has_its_parameters_and_no_others(house):
    with pytest.raises(SandboxRefused):
        answer_question(house, question() | {"more": "x"}, now=NOW)
    with pytest.raises(SandboxRefused):
        answer_question(house, {"merchant": "shop"}, now=NOW)
