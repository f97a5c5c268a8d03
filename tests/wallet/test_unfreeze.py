from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, figures, in_parallel, money
from tael.parties.customer import disable
from tael.wallet.booking import InsufficientFunds
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.hold import HoldClosed, HoldExceeded, HoldExpired, UnknownHold, hold_of
from tael.wallet.models import Hold, HoldMove
from tael.wallet.unfreeze import expire_due, unfreeze
from tael.wallet.wallet import disable_wallet, enable_wallet

pytestmark = pytest.mark.usefixtures("db")

LATER = AT + timedelta(days=1)


def a_hold(wallet, text: str = "1.00", **more) -> int:
    return freeze(wallet=wallet, amount=money(text), instruction=an_instruction(), **more).hold


@pytest.mark.rule("F-31", "F-39")
def test_unfreezing_makes_the_money_liquid_again():  # X-F12
    wallet = a_wallet(free="1.00")
    hold = a_hold(wallet)

    unfreeze(wallet=wallet, amount=money("1.00"), hold=hold, instruction=an_instruction())

    assert figures(wallet) == ("1.00", "0.00", "0.00")
    assert hold_of(wallet, hold).state == "released"


@pytest.mark.rule("F-31", "F-22")
def test_a_part_can_be_released_and_leaves_a_line_in_the_holds_history():
    wallet = a_wallet(free="1.00")
    hold = a_hold(wallet)

    receipt = unfreeze(wallet=wallet, amount=money("0.40"), hold=hold, instruction=an_instruction())

    move = HoldMove.objects.get(hold=hold)
    assert (move.event, move.amount, move.entry) == ("release", 40, receipt.entry_id)
    assert (hold_of(wallet, hold).rest, hold_of(wallet, hold).state) == (60, "open")
    assert figures(wallet) == ("0.40", "0.00", "0.60")


@pytest.mark.rule("F-31")
def test_without_a_named_hold_the_oldest_comes_first():
    wallet = a_wallet(free="3.00")
    first, second, third = (a_hold(wallet) for _ in range(3))

    receipt = unfreeze(wallet=wallet, amount=money("1.50"), instruction=an_instruction())

    assert [hold_of(wallet, hold).rest for hold in (first, second, third)] == [0, 50, 100]
    assert receipt.hold is None
    assert HoldMove.objects.filter(entry=receipt.entry_id).count() == 2


@pytest.mark.rule("F-31", "F-38", "F-39")
def test_more_than_the_hold_or_than_is_frozen_is_refused():
    wallet = a_wallet(free="3.00")
    hold = a_hold(wallet)
    a_hold(wallet)

    with pytest.raises(HoldExceeded) as exceeded:
        unfreeze(wallet=wallet, amount=money("1.01"), hold=hold, instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        unfreeze(wallet=wallet, amount=money("2.01"), instruction=an_instruction())

    assert exceeded.value.allowed == "at most 1.00 CNY"
    assert figures(wallet) == ("1.00", "0.00", "2.00")


@pytest.mark.rule("F-31", "F-38")
def test_another_wallets_hold_is_unknown_and_a_closed_one_is_closed():
    wallet, other = a_wallet(free="1.00"), a_wallet(free="1.00")
    hold, foreign = a_hold(wallet), a_hold(other)
    unfreeze(wallet=wallet, amount=money("1.00"), hold=hold, instruction=an_instruction())

    for number in (foreign, 10**30, -1):
        with pytest.raises(UnknownHold):
            unfreeze(wallet=wallet, amount=money("1.00"), hold=number, instruction=an_instruction())
    with pytest.raises(HoldClosed):
        unfreeze(wallet=wallet, amount=money("1.00"), hold=hold, instruction=an_instruction())


@pytest.mark.rule("F-31")
def test_the_same_key_releases_once_also_when_nothing_is_left_of_the_hold():
    wallet = a_wallet(free="1.00")
    hold = a_hold(wallet)
    asked = {"wallet": wallet, "amount": money("1.00"), "hold": hold}
    first = unfreeze(**asked, instruction=an_instruction("k"))

    again = unfreeze(**asked, instruction=an_instruction("k"))

    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert figures(wallet) == ("1.00", "0.00", "0.00")


def test_a_stopped_customers_money_can_be_unfrozen():
    wallet = a_wallet(free="1.00")
    hold = a_hold(wallet)
    disable(number=wallet.owner, reason="court order", actor="user:10000", at=AT)

    unfreeze(wallet=wallet, amount=money("1.00"), hold=hold, instruction=an_instruction())

    assert figures(wallet) == ("1.00", "0.00", "0.00")


@pytest.mark.rule("F-31")
def test_an_expired_hold_goes_back_once_however_often_the_run_comes():
    wallet = a_wallet(free="3.00")
    hold = a_hold(wallet, expires_at=LATER)
    kept = a_hold(wallet)
    deduct(wallet=wallet, amount=money("0.30"), hold=hold, instruction=an_instruction())

    early = expire_due(at=LATER - timedelta(microseconds=1))
    runs = in_parallel(*(lambda: expire_due(at=LATER) for _ in range(4)))

    assert early.expired == []
    assert sorted(number for run in runs for number in run.expired) == [hold]
    assert (hold_of(wallet, hold).state, hold_of(wallet, kept).state) == ("expired", "open")
    assert figures(wallet) == ("1.70", "0.00", "1.00")


@pytest.mark.rule("F-07")
def test_an_expired_hold_cannot_be_captured_even_before_the_run_has_come():
    wallet = a_wallet(free="1.00")
    hold = a_hold(wallet, expires_at=LATER)

    with pytest.raises(HoldExpired):
        deduct(wallet=wallet, amount=money("1.00"), hold=hold, instruction=an_instruction(at=LATER))
    with pytest.raises(InsufficientFunds):
        deduct(
            wallet=wallet,
            amount=money("1.00"),
            source="frozen",
            instruction=an_instruction(at=LATER),
        )

    assert figures(wallet) == ("0.00", "0.00", "1.00")


def test_a_hold_that_cannot_expire_stays_and_does_not_stop_the_others():
    blocked, other = a_wallet(free="1.00"), a_wallet(free="1.00")
    first, second = a_hold(blocked, expires_at=LATER), a_hold(other, expires_at=LATER)
    disable_wallet(wallet=blocked, actor="user:10000", at=AT, reason="lost card")

    run = expire_due(at=LATER, limit=1)
    enable_wallet(wallet=blocked, actor="user:10000", at=AT, reason="found")
    second_run = expire_due(at=LATER)

    assert run.expired == [second]
    assert [(number, refusal.code) for number, refusal in run.parked] == [
        (first, "wallet_disabled")
    ]
    assert second_run.expired == [first]


@pytest.mark.rule("F-39")
def test_parallel_freezes_and_releases_keep_frozen_and_holds_together():
    wallet = a_wallet(free="5.00")
    one = money("1.00")

    def freeze_and_release(key: int) -> None:
        freeze(wallet=wallet, amount=one, instruction=an_instruction(f"f{key}"))
        unfreeze(wallet=wallet, amount=one, instruction=an_instruction(f"u{key}"))

    answers = in_parallel(*(lambda key=key: freeze_and_release(key) for key in range(12)))

    assert all(answer is None or answer.code == "insufficient_funds" for answer in answers)
    assert figures(wallet) == ("5.00", "0.00", "0.00")
    assert not Hold.objects.filter(state="open").exists()
