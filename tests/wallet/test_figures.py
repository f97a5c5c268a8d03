"""The figures of wallets against a plain model, over whatever sequence of operations (F-39, T12)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from builders import a_payee, a_wallet, an_instruction, figures, money
from tael import ledger
from tael.money import Money
from tael.refusal import Refusal
from tael.wallet import integrity
from tael.wallet.deduct import deduct
from tael.wallet.figures import figures_after, figures_now
from tael.wallet.flow import wallet_flow
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")

AMOUNTS = st.integers(1, 12)
WHICH = st.integers(0, 1)


@dataclass
class Model:
    """What a wallet holds, by the table F-39, and nothing else."""

    free: int = 0
    locked: int = 0
    holds: dict[int, int] = field(default_factory=dict)

    @property
    def frozen(self) -> int:
        return sum(self.holds.values())

    def take_from_holds(self, amount: int, hold: int | None) -> bool:
        if hold is None:
            if amount > self.frozen:
                return False
            for number in sorted(self.holds):
                part = min(amount, self.holds[number])
                self.holds[number] -= part
                amount -= part
            return True
        if amount > self.holds.get(hold, 0):
            return False
        self.holds[hold] -= amount
        return True


class Wallets(RuleBasedStateMachine):
    """Two wallets of two customers; every operation on either, checked after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.wallets = [a_wallet(free="0.20", locked="0.10"), a_wallet()]
        self.payees = [a_payee(wallet.owner) for wallet in self.wallets]
        self.models = [Model(free=20, locked=10), Model()]
        self.spent: list[tuple[int, int, int, int]] = []  # entry, wallet, from locked, from free

    def attempt(self, expected: bool, call):
        """The operation must do what the model says is possible, and must repeat its answer."""
        instruction = an_instruction()
        try:
            done = call(instruction)
        except Refusal:
            assert not expected
            with pytest.raises(Refusal):
                call(instruction)
            return None
        assert expected
        again = call(instruction)
        assert (again.entry_id, again.replayed) == (done.entry_id, True)
        return done

    def money(self, minor: int) -> Money:
        return self.wallets[0].money(minor)

    @rule(which=WHICH, minor=st.integers(10, 60), gift=st.booleans())
    def recharge(self, which, minor, gift):
        self.attempt(
            True,
            lambda told: recharge(
                wallet=self.wallets[which],
                amount=self.money(minor),
                spend_only=gift,
                instruction=told,
            ),
        )
        model = self.models[which]
        if gift:
            model.locked += minor
        else:
            model.free += minor

    @rule(which=WHICH, minor=AMOUNTS)
    def consume(self, which, minor):
        model = self.models[which]
        possible = minor <= model.free + model.locked
        done = self.attempt(
            possible,
            lambda told: deduct(
                wallet=self.wallets[which], amount=self.money(minor), instruction=told
            ),
        )
        if done:
            locked = min(minor, model.locked)
            model.locked -= locked
            model.free -= minor - locked
            self.spent.append((done.entry_id, which, locked, minor - locked))

    @rule(which=WHICH, minor=AMOUNTS)
    def transfer(self, which, minor):
        model, other = self.models[which], self.models[1 - which]
        possible = minor <= model.free
        if self.attempt(
            possible,
            lambda told: transfer(
                source=self.wallets[which],
                target=self.wallets[1 - which],
                amount=self.money(minor),
                instruction=told,
            ),
        ):
            model.free -= minor
            other.free += minor

    @rule(which=WHICH, minor=AMOUNTS)
    def freeze(self, which, minor):
        model = self.models[which]
        done = self.attempt(
            minor <= model.free,
            lambda told: freeze(
                wallet=self.wallets[which], amount=self.money(minor), instruction=told
            ),
        )
        if done:
            model.free -= minor
            model.holds[done.hold] = minor

    @rule(
        which=WHICH,
        minor=AMOUNTS,
        how=st.sampled_from(["unfreeze", "deduct", "withdraw"]),
        pick=st.integers(0, 5),
    )
    def use_frozen(self, which, minor, how, pick):
        model, wallet = self.models[which], self.wallets[which]
        holds = [None, *sorted(model.holds)]
        hold = holds[pick % len(holds)]
        asked = {"wallet": wallet, "amount": self.money(minor), "hold": hold}
        calls = {
            "unfreeze": lambda told: unfreeze(**asked, instruction=told),
            "deduct": lambda told: deduct(**asked, source="frozen", instruction=told),
            "withdraw": lambda told: withdraw(
                **asked, source="frozen", payee=self.payees[which], instruction=told
            ),
        }
        possible = minor <= (model.frozen if hold is None else model.holds[hold])
        if self.attempt(possible, calls[how]):
            assert model.take_from_holds(minor, hold)
            if how == "unfreeze":
                model.free += minor

    @rule(which=WHICH, minor=AMOUNTS)
    def pay_out(self, which, minor):
        model = self.models[which]
        if self.attempt(
            minor <= model.free,
            lambda told: withdraw(
                wallet=self.wallets[which],
                amount=self.money(minor),
                payee=self.payees[which],
                instruction=told,
            ),
        ):
            model.free -= minor

    @precondition(lambda self: self.spent)
    @rule(pick=st.integers(0, 9), minor=AMOUNTS)
    def refund(self, pick, minor):
        place = pick % len(self.spent)
        entry, which, locked, free = self.spent[place]
        if self.attempt(
            minor <= locked + free,
            lambda told: refund(entry_id=entry, amount=self.money(minor), instruction=told),
        ):
            to_free = min(minor, free)
            self.models[which].free += to_free
            self.models[which].locked += minor - to_free
            self.spent[place] = (entry, which, locked - (minor - to_free), free - to_free)
            if locked + free == minor:
                del self.spent[place]

    @invariant()
    def the_books_say_what_the_model_says(self):
        for wallet, model in zip(self.wallets, self.models, strict=True):
            now = figures_now([wallet])[wallet.number]
            assert (now.liquid.minor, now.locked.minor, now.frozen.minor) == (
                model.free + model.locked,
                model.locked,
                model.frozen,
            )

    def teardown(self):
        for wallet in self.wallets:
            lines = wallet_flow(wallet, limit=200).lines
            if lines:
                assert lines[0].after == figures_now([wallet])[wallet.number]


@pytest.mark.rule("F-39", "F-09", "F-38")
def test_every_operation_does_what_the_effect_table_says(db):
    run_state_machine_as_test(
        Wallets,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with db.app() as connection:
        assert ledger.integrity.check(connection) + integrity.check(connection) == []


@pytest.mark.rule("F-09")
def test_what_may_leave_is_the_liquid_money_less_the_locked():
    wallet = a_wallet(free="900.00", locked="100.00")

    now = figures_now([wallet])[wallet.number]

    assert now.withdrawable == now.liquid - now.locked == money("900.00")


def test_the_figures_after_an_entry_do_not_change_with_what_follows():
    wallet = a_wallet(free="5.00")
    hold = freeze(wallet=wallet, amount=money("2.00"), instruction=an_instruction())
    first = dict(hold.wallets)
    gift = recharge(
        wallet=wallet, amount=money("1.00"), spend_only=True, instruction=an_instruction()
    )

    later = figures_after(hold.posted, [wallet])

    assert later == first
    assert gift.wallets[wallet.number].frozen == money("2.00")
    assert figures(wallet) == ("4.00", "1.00", "2.00")
