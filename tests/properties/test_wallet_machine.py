"""T12: whatever is asked of the wallets, in whatever order, they do what the model on paper does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from properties.size import SEED, SIZE, sized
from properties.wallet_asks import OPERATIONS, Requests
from properties.wallet_books import Real, set_up_once
from properties.wallet_desk import Model
from properties.wallet_model import WALLETS, Again, Ask, No
from properties.wallet_switches import expire, expire_orders, switch
from tael.refusal import Refusal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SWITCHES = [
    ("wallet", "ann-cny"),
    ("wallet", "bob-cny"),
    ("customer", "ann"),
    ("customer", "bob"),
    ("channel", "PayPal"),
    ("currency", "USD"),
]
SETTINGS = settings(
    max_examples=sized(100, 5_000, 20_000),
    stateful_step_count=sized(50, 100, 200),
    deadline=None,
    database=None,
    print_blob=True,
    phases=[Phase.generate] if SIZE == "C" else [Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class Wallets(RuleBasedStateMachine):
    """Asks the model and the real wallets the same and compares answer, flows, figures and rows."""

    reader: ClassVar[Any]
    seen: ClassVar[Counter[tuple[str, str]]]

    @initialize()
    def begin(self) -> None:
        self.at = NOON
        self.real = Real(self.reader, self.at)
        self.model = Model()
        self.requests = Requests(self.model)
        self.rows = self.real.state().rows
        for ask in self.requests.opening(self.at):
            self.step(ask)

    @rule(number=st.integers(0, 2**64 - 1))
    def something_happens(self, number: int) -> None:
        """Make everything out of one number, so that all of it is evenly spread.

        Hypothesis likes to draw the same number again, so the place counts as well.
        """
        random = Random(f"{number} {len(self.requests.asked)}")
        what = random.randrange(100)
        if what < 82:
            self.step(self.requests.make(random, self.at))
        elif what < 91:
            self.ask_again(random)
        elif what < 97:
            self.pass_time(random)
        else:
            self.switch(random)

    def ask_again(self, random: Random) -> None:
        """A request that was sent before is sent again, later; it may have been refused."""
        self.step(replace(random.choice(self.requests.asked[-8:]), at=self.at))

    def pass_time(self, random: Random) -> None:
        """Hours go by; the run that lets things expire comes now or later."""
        self.at += timedelta(hours=random.randint(1, 3))
        if random.randrange(2):
            return
        assert expire(self.real, self.at) == self.model.expire(self.at), self.said("expiry")
        self.model.expire_orders(self.at)
        expire_orders(at=self.at)
        self.compare("time passes", moved=True)

    def switch(self, random: Random) -> None:
        """Switch something off, or on what is off."""
        off = self.switched_off()
        kind, name = off[0] if off else random.choice(SWITCHES)
        there = self.model.switched_off(kind)
        there.symmetric_difference_update({name})
        switch(self.real, kind, name, off=name in there, at=self.at)
        self.compare((kind, name), moved=True)

    def switched_off(self) -> list[tuple[str, str]]:
        kinds = dict.fromkeys(kind for kind, _ in SWITCHES)
        return [(kind, name) for kind in kinds for name in self.model.switched_off(kind)]

    # ---- one request, both ways

    def step(self, ask: Ask) -> None:
        self.requests.asked.append(ask)
        expected, replayed, entry = None, False, None
        try:
            entry = self.model.do(ask)
        except No as no:
            expected = no.code
        except Again as again:
            replayed, entry = True, again.entry
        refused, done = None, None
        try:
            done = self.real.do(ask)
        except Refusal as refusal:
            refused = refusal.code
        assert refused == expected, self.said(f"refused as {refused}, on paper as {expected}")
        self.compare(ask.op, moved=refused is None and not replayed)
        if done is not None:
            assert done.replayed == replayed, self.said(f"replayed is {done.replayed}")
            if entry is not None and entry >= 0:
                assert done.entry == self.real.entries[entry], self.said("it is another entry")
        self.seen[ask.op, refused or ("again" if replayed else "done")] += 1

    def compare(self, what: object, *, moved: bool) -> None:
        known = len(self.real.entries)
        before, state = self.rows, self.real.state()
        self.rows = state.rows
        unmoved = moved or state.rows == before
        assert unmoved, self.said(f"{what} moved nothing, and rows have changed")
        flows = [(kind, sorted(legs)) for kind, legs in state.flows]
        on_paper = [(flow.kind, sorted(flow.legs)) for flow in self.model.flows[known:]]
        assert flows == on_paper, self.said(f"{what}: the flows differ")
        there = {pot: amount for pot, amount in state.pots.items() if amount}
        pots = self.model.pots.items()
        paper = {pot: amount for pot, amount in pots if amount and pot[0] in WALLETS}
        assert there == paper, self.said(f"{what}: the figures differ")

    def said(self, message: str) -> str:
        """Tell what went wrong with all that was asked before."""
        history = "\n".join(f"  {ask}" for ask in self.requests.asked)
        off = self.switched_off()
        return f"{message}\nTAEL_TEST_SEED={SEED}; switched off: {off}; asked so far:\n{history}"

    def teardown(self) -> None:
        """Leave nothing that the next run would meet."""
        if not hasattr(self, "model"):
            return
        for kind, name in self.switched_off():
            switch(self.real, kind, name, off=False, at=self.at)
        expire(self.real, self.at + timedelta(days=30))
        expire_orders(at=self.at + timedelta(days=30))


@pytest.mark.rule("F-09", "F-27", "F-36", "F-38", "F-39", "I7", "I8", "I12", "I13", "I15")
@pytest.mark.timeout(sized(900, 7_200, 36_000))
def test_the_wallets_do_what_the_model_on_paper_does(db):
    """T12. A failure prints what was asked (from size N up the least that fails); TAEL_TEST_SEED repeats it."""
    set_up_once(NOON)
    seen: Counter[tuple[str, str]] = Counter()
    with db.owner(autocommit=True) as reader:
        machine = type("Machine", (Wallets,), {"reader": reader, "seen": seen})
        run_state_machine_as_test(seed(SEED)(machine), settings=SETTINGS)
    done = {op for op, outcome in seen if outcome == "done"}
    never = {op for op, weight in OPERATIONS.items() if weight > 3 and op not in done}
    refusals = {outcome for _, outcome in seen} - {"done", "again"}
    assert not never, f"never carried out, so never compared: {never} (TAEL_TEST_SEED={SEED})"
    assert len(refusals) > 25, f"only these refusals: {refusals} (TAEL_TEST_SEED={SEED})"
