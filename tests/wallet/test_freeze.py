from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, figures, money
from tael import ledger
from tael.parties.text import TextMalformed
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.freeze import ExpiryPassed, freeze
from tael.wallet.hold import hold_of
from tael.wallet.models import Hold

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-30", "F-07", "F-39")
def test_a_freeze_moves_liquid_money_aside_under_a_hold():
    wallet = a_wallet(free="1.00")

    receipt = freeze(
        wallet=wallet,
        amount=money("1.00"),
        reason="before the charge",
        instruction=an_instruction(code="UserWithdraw"),
    )

    hold = hold_of(wallet, receipt.hold)
    assert figures(wallet) == ("0.00", "0.00", "1.00")
    assert (hold.state, hold.rest, hold.reason) == ("open", 100, "before the charge")
    assert hold.entry == receipt.entry_id


@pytest.mark.rule("F-30", "F-08", "F-39")
def test_locked_money_cannot_be_frozen():  # A-F6
    wallet = a_wallet(free="1.00", locked="5.00")

    with pytest.raises(LockedFunds):
        freeze(wallet=wallet, amount=money("1.01"), instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        freeze(wallet=wallet, amount=money("6.01"), instruction=an_instruction())

    assert figures(wallet) == ("6.00", "5.00", "0.00")
    assert not Hold.objects.exists()


@pytest.mark.rule("F-30")
def test_the_same_key_freezes_once_and_names_the_first_hold():
    wallet = a_wallet(free="2.00")
    first = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction("k"))

    again = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction("k"))
    with pytest.raises(ledger.KeyReused):
        freeze(wallet=wallet, amount=money("1.00"), reason="other", instruction=an_instruction("k"))

    assert (again.hold, again.replayed) == (first.hold, True)
    assert figures(wallet) == ("1.00", "0.00", "1.00")


@pytest.mark.rule("F-30")
def test_a_hold_that_would_expire_before_it_begins_or_has_no_readable_reason_is_refused():
    wallet = a_wallet(free="2.00")

    with pytest.raises(ExpiryPassed):
        freeze(wallet=wallet, amount=money("1.00"), expires_at=AT, instruction=an_instruction())
    with pytest.raises(TextMalformed):
        freeze(wallet=wallet, amount=money("1.00"), reason="\x00", instruction=an_instruction())
    freeze(
        wallet=wallet,
        amount=money("1.00"),
        expires_at=AT + timedelta(microseconds=1),
        instruction=an_instruction(),
    )

    assert Hold.objects.count() == 1
