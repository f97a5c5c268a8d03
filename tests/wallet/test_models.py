"""What the database itself refuses, whoever writes: the application's role and, by CHECK, even the owner."""

from __future__ import annotations

import psycopg
import pytest

from builders import a_payee, a_wallet, an_instruction, money
from tael.payouts.withdrawal import apply_withdrawal
from tael.wallet.card import issue_cards
from tael.wallet.freeze import freeze
from tael.wallet.recharge_order import create_order

BROKEN = [
    ("hold_within_amount", "UPDATE wallet_hold SET captured = amount + 1"),
    ("hold_within_amount", "UPDATE wallet_hold SET captured = amount, released = 1"),
    ("hold_parts_not_negative", "UPDATE wallet_hold SET released = -1"),
    ("hold_sets_something_aside", "UPDATE wallet_hold SET amount = 0"),
    ("hold_expired_is_closed", "UPDATE wallet_hold SET expired = true"),
    ("card_state_known", "UPDATE wallet_card SET state = 'lost'"),
    ("card_used_with_its_entry", "UPDATE wallet_card SET state = 'used'"),
    ("card_used_with_its_entry", "UPDATE wallet_card SET entry = 1"),
    ("recharge_order_state_known", "UPDATE wallet_recharge_order SET state = 'lost'"),
    ("recharge_order_success_is_paid", "UPDATE wallet_recharge_order SET state = 'success'"),
    ("recharge_order_created_is_unpaid", "UPDATE wallet_recharge_order SET credited = 1"),
    (
        "withdrawal_state_known",
        "UPDATE payouts_withdrawal SET state = 'lost', closed_by = 1, decided_by = 'x', decided_at = now()",
    ),
    ("withdrawal_decided_with_its_entry", "UPDATE payouts_withdrawal SET state = 'withdrawn'"),
    ("withdrawal_decided_with_its_entry", "UPDATE payouts_withdrawal SET closed_by = 1"),
]
FORBIDDEN = [
    "DELETE FROM wallet_hold",
    "UPDATE wallet_hold SET amount = 1",
    "UPDATE wallet_hold_move SET amount = 1",
    "DELETE FROM wallet_hold_move",
    "UPDATE wallet_wallet SET owner = 1",
    "UPDATE wallet_wallet SET free = 1",
    "UPDATE wallet_card_batch SET amount = 1",
    "UPDATE wallet_card SET digest = ''",
    "UPDATE wallet_recharge_order SET amount = 1",
    "UPDATE wallet_gateway_notice SET raw = ''",
    "DELETE FROM wallet_gateway_notice",
    "UPDATE wallet_gateway_payment SET amount = 1",
    "UPDATE wallet_exchange_quote SET amount_in = 1",
    "UPDATE payouts_withdrawal SET amount = 1",
    "DELETE FROM payouts_withdrawal",
    "TRUNCATE wallet_wallet CASCADE",
]


@pytest.fixture
def rows(db):
    wallet = a_wallet(free="9.00")
    freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    issue_cards(amount=money("1.00"), count=1, instruction=an_instruction())
    create_order(
        owner=wallet.owner, amount=money("1.00"), instruction=an_instruction(channel="Alipay")
    )
    apply_withdrawal(
        wallet=wallet,
        amount=money("1.00"),
        payee=a_payee(wallet.owner),
        instruction=an_instruction(),
    )


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(("constraint", "statement"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_even_from_the_owner(
    rows, owner, constraint, statement
):
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(statement)

    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_rewrite_what_has_been(rows, connection, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_state_of_a_hold_is_computed_and_cannot_be_set(rows, owner):
    with pytest.raises(psycopg.errors.GeneratedAlways):
        owner.execute("UPDATE wallet_hold SET state = 'released'")
