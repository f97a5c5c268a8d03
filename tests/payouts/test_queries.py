from __future__ import annotations

import pytest

from builders import a_payee, a_wallet, an_instruction, money
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.queries import withdrawals
from tael.payouts.withdrawal import apply_withdrawal, refuse_withdrawal

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-33")
def test_applications_are_listed_newest_first_by_state_owner_and_wallet():
    wallet, other = a_wallet(free="9.00"), a_wallet(free="9.00")
    numbers = [
        apply_withdrawal(
            wallet=of,
            amount=money("1.00"),
            payee=a_payee(of.owner),
            instruction=an_instruction(actor=f"user:{of.owner}"),
        ).withdrawal.pk
        for of in (wallet, wallet, other)
    ]
    refuse_withdrawal(number=numbers[0], reason="no", instruction=an_instruction())

    def listed(**wanted):
        return [row.pk for row in withdrawals(**wanted)]

    assert listed() == numbers[::-1]
    assert listed(state=WithdrawalState.APPLIED) == [numbers[2], numbers[1]]
    assert listed(owner=wallet.owner) == listed(wallet=wallet.number) == [numbers[1], numbers[0]]
    assert listed(before=numbers[1]) == [numbers[0]]
    assert listed(limit=1) == [numbers[2]]
