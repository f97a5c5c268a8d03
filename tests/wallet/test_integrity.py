"""The proof finds what it is for: each planted damage is undone by rolling the owner's transaction back."""

from __future__ import annotations

import pytest

from builders import a_busy_wallet, a_customer, a_payee, a_rate, a_wallet, an_instruction, money
from tael.payouts import integrity as payouts_integrity
from tael.payouts.withdrawal import apply_withdrawal, approve_withdrawal
from tael.wallet import integrity
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.exchange import exchange
from tael.wallet.recharge_order import confirm_order, create_order

DAMAGES = [
    ("I5", "UPDATE wallet_wallet SET free = locked + 1000 WHERE number = 100001"),
    ("I5", "UPDATE ledger.account SET floor = -5 WHERE code = 'wallet:100001:free'"),
    (
        "I7",
        (
            "UPDATE ledger.entry SET kind = 'wallet.transfer' WHERE id ="
            " (SELECT p.entry FROM ledger.posting p JOIN wallet_wallet w ON w.locked = p.account"
            " WHERE p.amount < 0 LIMIT 1)"
        ),
    ),
    ("I13", "UPDATE wallet_hold SET released = released + 1 WHERE released > 0"),
    ("I13", "UPDATE wallet_hold SET amount = amount + 1"),
    ("I13", "DELETE FROM wallet_hold_move WHERE event = 'capture'"),
    ("I13", "UPDATE wallet_hold_move SET amount = amount + 1"),
    ("I15", "UPDATE channels_rate SET value = value * 2"),
    ("I15", "UPDATE ledger.entry_note SET data = '{}' WHERE data ? 'rate'"),
    ("I33", "UPDATE ledger.entry SET legs = 3 WHERE kind = 'wallet.exchange'"),
    ("I22", "UPDATE wallet_recharge_order SET credited = credited + 1"),
    ("I22", "UPDATE wallet_recharge_order SET state = 'partial'"),
    ("I22", "UPDATE wallet_gateway_payment SET amount = amount + 1"),
    ("I22", "UPDATE wallet_gateway_payment SET refunded = 1"),
    (
        "I22",  # taken back by people and by the gateway
        (
            "UPDATE wallet_gateway_payment SET refunded = amount, of_payment = id;"
            " UPDATE ledger.entry SET reverses = (SELECT (entries->>0)::bigint FROM wallet_gateway_payment)"
            " WHERE id = (SELECT max(id) FROM ledger.entry)"
        ),
    ),
    ("I30", "UPDATE wallet_card_batch SET amount = amount + 1"),
    ("I14", "UPDATE payouts_withdrawal SET amount = amount + 1 WHERE state = 'applied'"),
    ("I14", "UPDATE payouts_withdrawal SET closed_by = 1 WHERE state = 'withdrawn'"),
    ("I14", "UPDATE wallet_hold SET purpose = ''"),
]


@pytest.fixture
def history(db):
    """Something of everything."""
    wallet, _ = a_busy_wallet()
    a_rate("CNY/USD", "0.14")
    owner = a_customer()
    yuan, dollars = a_wallet(owner=owner, free="10.00"), a_wallet(owner=owner, currency="USD")
    exchange(source=yuan, target=dollars, amount=money("1.00"), instruction=an_instruction())
    row = create_order(
        owner=owner, amount=money("1.00"), instruction=an_instruction(channel="Alipay")
    )
    confirm_order(
        order=row.pk,
        owner=owner,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay"),
    )
    code = issue_cards(amount=money("1.00"), count=1, instruction=an_instruction()).codes[0]
    redeem_card(code=code, owner=owner, instruction=an_instruction())
    payee = a_payee(owner)
    for approve in (True, False):
        applied = apply_withdrawal(
            wallet=yuan,
            amount=money("1.00"),
            payee=payee,
            instruction=an_instruction(actor=f"user:{owner}"),
        )
        if approve:
            approve_withdrawal(number=applied.withdrawal.pk, instruction=an_instruction())
    return wallet


def violations(connection) -> list[str]:
    found = integrity.check(connection) + payouts_integrity.check(connection)
    return [violation.invariant for violation in found]


def test_a_sound_history_has_no_violation(history, owner):
    assert violations(owner) == []


@pytest.mark.parametrize(("invariant", "damage"), DAMAGES)
def test_a_planted_damage_is_found(history, owner, invariant: str, damage: str):
    done = owner.execute(damage)

    assert done.rowcount > 0
    assert invariant in violations(owner)
