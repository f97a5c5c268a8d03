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

from properties.size import SEED, sized
from properties.wallet_asks import OPERATIONS, Requests
from properties.wallet_books import set_up_once
from properties.wallet_course import Course, Event, Expiry, Switch, shortened

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SWITCHES = [
    ("wallet", "ann-cny"),
    ("wallet", "bob-cny"),
    ("customer", "ann"),
    ("customer", "bob"),
    ("channel", "PayPal"),
    ("currency", "USD"),
]
TURNS = 6  # chance may leave a rare operation out of a turn: then there is another one
SETTINGS = settings(
    max_examples=sized(42, 5_000, 20_000),
    stateful_step_count=sized(50, 100, 200),
    deadline=None,
    database=None,
    print_blob=True,
    phases=[Phase.generate],  # a course that fails is shortened here, see below
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class Wallets(RuleBasedStateMachine):
    """Draws what happens next, and lets it happen on the real wallets and on paper."""

    reader: ClassVar[Any]
    seen: ClassVar[Counter[tuple[str, str]]]
    told: ClassVar[dict[str, str]]  # by message: the shortened course

    @initialize(number=st.binary(min_size=8, max_size=8))
    def begin(self, number: bytes) -> None:
        self.at = NOON
        self.course = Course(self.reader, self.at)
        self.requests = Requests(self.course.model)
        self.events: list[Event] = []
        self.past = number.hex()
        for ask in self.requests.opening(self.at):
            self.let(ask)

    @rule(number=st.binary(min_size=8, max_size=8))
    def something_happens(self, number: bytes) -> None:
        """Make everything out of a number and of the numbers before it: hypothesis likes old numbers."""
        self.past = f"{hash_of(self.past)}{number.hex()}"
        random = Random(self.past)
        what = random.randrange(100)
        if what < 80:
            self.let(self.requests.make(random, self.at))
        elif what < 88:  # what was asked before, whatever it was answered, is asked again, later
            self.let(replace(random.choice(self.requests.asked[-8:]), at=self.at))
        elif what < 97:
            self.at += timedelta(hours=random.randint(1, 3))
            if random.randrange(3) == 0:  # the run that lets things expire comes now or later
                self.let(Expiry(self.at))
        else:
            off = (
                self.course.switched_off()
            )  # what is off is switched on before anything else is off
            self.let(Switch(*(off[0] if off else random.choice(SWITCHES)), self.at))

    def let(self, event: Event) -> None:
        self.events.append(event)
        if not isinstance(event, Expiry | Switch):
            self.requests.asked.append(event)
        try:
            self.course.happen(event)
        except Exception as failure:
            raise AssertionError(self.history(f"{type(failure).__name__}: {failure}")) from failure

    def history(self, message: str) -> str:
        """Tell the failure with the shortest course found that leads to one."""
        if message not in self.told:
            self.course.leave()
            needed = shortened(self.reader, NOON, self.events)
            self.told[message] = "\n".join(f"  {event}" for event in needed)
        return f"{message}\nTAEL_TEST_SEED={SEED} repeats the run. What leads to it:\n{self.told[message]}"

    def teardown(self) -> None:
        if hasattr(self, "course"):
            self.course.leave()
            self.seen.update(self.course.seen)


def hash_of(text: str) -> str:
    return f"{Random(text).getrandbits(128):x}"


@pytest.mark.rule("F-09", "F-27", "F-36", "F-38", "F-39", "I7", "I8", "I12", "I13", "I15")
@pytest.mark.timeout(sized(900, 7_200, 36_000))
def test_the_wallets_do_what_the_model_on_paper_does(db):
    """T12. A failure prints the least that was found to lead to it, and the seed."""
    set_up_once(NOON)
    seen: Counter[tuple[str, str]] = Counter()
    with db.owner(autocommit=True) as reader:
        for turn in range(TURNS):
            machine = type("Machine", (Wallets,), {"reader": reader, "seen": seen, "told": {}})
            run_state_machine_as_test(seed(SEED + turn)(machine), settings=SETTINGS)
            if not left_out(seen):
                break
    assert not left_out(seen), f"{left_out(seen)} (seed {SEED}, {TURNS} turns)"


def left_out(seen: Counter[tuple[str, str]]) -> str:
    """Say what the courses so far have not shown: an operation carried out, enough kinds of refusal."""
    done = {op for op, outcome in seen if outcome == "done"}
    refusals = {outcome for _, outcome in seen} - {"done", "again"}
    if done != set(OPERATIONS):
        return f"never carried out: {set(OPERATIONS) - done}"
    return "" if len(refusals) > 35 else f"only these refusals: {refusals}"
