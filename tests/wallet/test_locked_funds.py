"""Locked money may only be consumed, by whatever way it is tried (T28, I7)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import transaction

from builders import (
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    figures,
    money,
    withdrawable,
)
from tael.payouts.withdrawal import apply_withdrawal, cancel_withdrawal
from tael.refusal import Refusal
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.flow import wallet_flow
from tael.wallet.freeze import freeze
from tael.wallet.locked_funds import is_gift
from tael.wallet.operation import Operation
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")


class Launderer:
    """A customer with 5.00 free and 100.00 locked money, two more wallets, and a friend."""

    def __init__(self) -> None:
        self.owner = a_customer()
        self.yuan = a_wallet(owner=self.owner, free="5.00", locked="100.00")
        self.second = a_wallet(owner=self.owner, name="second")
        self.points = a_wallet(owner=self.owner, currency="POINT")
        self.friend = a_wallet()
        self.payee = a_payee(self.owner)
        self.withdrawn = 0
        self.key = 0

    def told(self):
        self.key += 1
        return an_instruction(f"launder-{self.owner}-{self.key}")

    def can_leave(self) -> int:
        """What the customer has that is not locked, whatever form it has taken, in fen."""
        total = self.withdrawn
        for wallet, fen in ((self.yuan, 1), (self.second, 1), (self.friend, 1), (self.points, 10)):
            liquid, locked, frozen = (
                money(text, wallet.currency.code).minor for text in figures(wallet)
            )
            total += (liquid - locked + frozen) * fen
        return total

    def step(self, name: str) -> None:
        with suppress(Refusal):
            getattr(self, name)()

    def grow(self, chain: tuple[str, ...], most: int) -> None:
        """Try each step that may follow a chain, look at what can leave then, go on, and forget it all."""
        for name in following(chain):
            withdrawn, longer = self.withdrawn, (*chain, name)
            with transaction.atomic():
                self.step(name)
                assert self.can_leave() <= most, longer
                self.grow(longer, most)
                transaction.set_rollback(True)
            self.withdrawn = withdrawn

    def consume(self) -> None:
        deduct(wallet=self.yuan, amount=money("104.00"), instruction=self.told())

    def consume_a_little(self) -> None:
        deduct(wallet=self.yuan, amount=money("3.00"), instruction=self.told())

    def send(self) -> None:
        transfer(
            source=self.yuan, target=self.friend, amount=money("6.00"), instruction=self.told()
        )

    def send_back(self) -> None:
        transfer(
            source=self.friend, target=self.yuan, amount=money("1.00"), instruction=self.told()
        )

    def freeze(self) -> None:
        freeze(wallet=self.yuan, amount=money("4.00"), instruction=self.told())

    def freeze_too_much(self) -> None:
        freeze(wallet=self.yuan, amount=money("50.00"), instruction=self.told())

    def unfreeze(self) -> None:
        unfreeze(wallet=self.yuan, amount=money("2.00"), instruction=self.told())

    def pay_out(self) -> None:
        withdraw(wallet=self.yuan, amount=money("5.50"), payee=self.payee, instruction=self.told())

    def pay_out_frozen(self) -> None:
        amount = money("2.00")
        withdraw(
            wallet=self.yuan,
            amount=amount,
            payee=self.payee,
            source="frozen",
            instruction=self.told(),
        )
        self.withdrawn += amount.minor

    def buy_points(self) -> None:
        exchange(
            source=self.yuan, target=self.points, amount=money("4.99"), instruction=self.told()
        )

    def sell_points(self) -> None:
        exchange(
            source=self.points,
            target=self.yuan,
            amount=money("7", "POINT"),
            instruction=self.told(),
        )

    def change_wallet(self) -> None:
        exchange(
            source=self.yuan, target=self.second, amount=money("5.01"), instruction=self.told()
        )

    def pay_out_too_much(self) -> None:
        amount = money("5.50")
        withdraw(wallet=self.yuan, amount=amount, payee=self.payee, instruction=self.told())
        self.withdrawn += amount.minor

    def take_back_the_last(self) -> None:
        self.take_back(None)

    def take_back_a_part_of_the_last(self) -> None:
        self.take_back(money("1.00"))

    def take_back(self, amount) -> None:
        last = wallet_flow(self.yuan, limit=1).lines[0].record
        back = refund(entry_id=last.id, amount=amount, instruction=self.told())
        if back.operation is Operation.WITHDRAW:
            self.withdrawn -= back.amount.minor

    def apply_and_cancel(self) -> None:
        row = apply_withdrawal(
            wallet=self.yuan,
            amount=money("4.50"),
            payee=self.payee,
            instruction=self.told(),
        ).withdrawal
        cancel_withdrawal(number=row.pk, owner=self.owner, instruction=self.told())


STEPS = [
    name
    for name in vars(Launderer)
    if not name.startswith("_") and name not in {"told", "can_leave", "step", "grow", "take_back"}
]
GIVE_OR_HIDE = ["consume", "freeze", "buy_points", "pay_out_frozen", "change_wallet"]
COME_BACK = [name for name in STEPS if "back" in name or name in {"unfreeze", "sell_points"}]


def following(chain: tuple[str, ...]) -> list[str]:
    """All after one step or none, and what comes back after two of which the first hides money."""
    if len(chain) < 2:
        return STEPS
    return COME_BACK if len(chain) == 2 and chain[0] in GIVE_OR_HIDE else []


@pytest.mark.rule("F-08", "F-09", "F-27", "F-29", "F-39")
def test_no_chain_of_steps_makes_locked_money_leave():
    """All chains of two steps, and those of three that hide money, do anything, and come back."""
    a_rate("CNY/POINT", "10")
    a_rate("POINT/CNY", "0.1")
    launderer = Launderer()

    with transaction.atomic():
        launderer.grow((), launderer.can_leave())


@pytest.mark.rule("F-08", "F-09")
def test_the_seeds_example():  # X-F7: locked 100, liquid 1000
    wallet = a_wallet(free="900.00", locked="100.00")

    assert (figures(wallet), withdrawable(wallet)) == (("1000.00", "100.00", "0.00"), "900.00")


@pytest.mark.rule("F-08")
@pytest.mark.parametrize(
    ("channel", "spend_only", "gift"),
    [
        ("Admin", True, True),
        ("System", True, True),
        ("Admin", False, False),
        ("Alipay", True, False),
    ],
)
def test_a_gift_is_spend_only_money_that_nobody_paid_in(channel: str, spend_only: bool, gift: bool):
    assert is_gift(channel, spend_only=spend_only) is gift
