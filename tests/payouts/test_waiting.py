from __future__ import annotations

import pytest

from builders import a_payee, a_wallet, an_instruction, money
from tael.payouts.waiting import has_withdrawal, waiting_withdrawals
from tael.payouts.withdrawal import apply_withdrawal, refuse_withdrawal

pytestmark = pytest.mark.usefixtures("db")


def applied(wallet, amount: str) -> int:
    return apply_withdrawal(
        wallet=wallet,
        amount=money(amount),
        payee=a_payee(wallet.owner),
        instruction=an_instruction(actor=f"customer:{wallet.owner}"),
    ).withdrawal.pk


@pytest.mark.rule("F-33")
def test_open_applications_are_counted_with_their_money():
    wallet = a_wallet(free="100.00")
    applied(wallet, "10.00")
    decided = applied(wallet, "20.00")
    applied(wallet, "30.00")
    refuse_withdrawal(number=decided, reason="no", instruction=an_instruction())

    assert waiting_withdrawals() == [("applied", 2, money("40.00"))]
    assert has_withdrawal(decided)
    assert not any(has_withdrawal(number) for number in (0, -1, decided + 99, 2**70))
