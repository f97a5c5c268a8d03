"""A withdrawal's states are told in the transaction that brings them, each once."""

from __future__ import annotations

import json

import pytest

from builders import a_payee, a_wallet, an_instruction, money
from outbox.receiving import STAFF, now
from tael.outbox.endpoint import add_endpoint
from tael.outbox.models import Event
from tael.payouts.withdrawal import (
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    refuse_withdrawal,
)


@pytest.fixture
def told(db):
    add_endpoint(url="https://example.com/hooks", actor=STAFF, at=now())
    return lambda: list(Event.objects.order_by("pk").values_list("type", flat=True))


def test_each_state_is_told_once_with_its_reason(told):
    wallet = a_wallet(free="100.00")
    payee = a_payee(wallet.owner)

    def applied(key):
        return apply_withdrawal(
            wallet=wallet,
            amount=money("10.00"),
            payee=payee,
            instruction=an_instruction(key, actor="user:10001"),
        ).withdrawal.pk

    first, second, third = applied("a"), applied("b"), applied("c")
    assert applied("a") == first
    for _ in range(2):
        approve_withdrawal(number=first, instruction=an_instruction("d"))
        refuse_withdrawal(number=second, reason="no", instruction=an_instruction("e"))
        cancel_withdrawal(number=third, owner=wallet.owner, instruction=an_instruction("f"))

    assert told() == [
        *["withdrawal.applied"] * 3,
        "withdrawal.approved",
        "withdrawal.refused",
        "withdrawal.cancelled",
    ]
    refused = json.loads(Event.objects.get(type="withdrawal.refused").payload)["data"]
    assert (refused["number"], refused["reason"]) == (second, "no")
    assert refused["amount"] == {"amount": "10.00", "currency": "CNY"}
