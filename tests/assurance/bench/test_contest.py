"""Contests: turns, medians within a round, and what reaches a goal."""

from __future__ import annotations

import pytest

from tael.assurance.bench.contest import Contest, Figure, Goal, hold
from tael.assurance.bench.sample import Sample


def a_sample(done: int, *, seconds: float = 1.0, latencies: tuple[float, ...] = ()) -> Sample:
    return Sample(done=done, seconds=seconds, client=0.5, server=None, latencies=latencies)


class Scripted:
    """A contender that gives the rates it was told, and notes when it ran."""

    def __init__(self, name: str, rates: list[int], ran: list[str]) -> None:
        self.name = name
        self._rates = iter([1, *rates])  # the first run warms up
        self._ran = ran

    def run(self, seconds: float) -> Sample:
        self._ran.append(self.name)
        return a_sample(int(next(self._rates) * seconds), seconds=seconds)


def test_contenders_run_in_turns_and_every_second_round_in_reverse():
    ran: list[str] = []
    ours, theirs = Scripted("ours", [10] * 3, ran), Scripted("theirs", [5] * 3, ran)

    hold([Contest("W1", ours, theirs), Contest("(b)", theirs)], rounds=3, seconds=4.0)

    warm_up, rounds = ran[:2], ran[2:]
    assert warm_up == ["ours", "theirs"]
    assert rounds == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


def test_a_ratio_is_the_median_of_the_ratios_within_each_round():
    ran: list[str] = []
    ours = Scripted("ours", [100, 10, 90], ran)  # the second round was disturbed, for both
    theirs = Scripted("theirs", [50, 5, 30], ran)

    (figure,) = hold([Contest("W1", ours, theirs, "(b)", Goal(2, 3))], rounds=3, seconds=1.0)

    assert figure.ratios == [2.0, 2.0, 3.0]
    assert figure.ratio == 2.0
    assert figure.rate == 90
    assert figure.verdict == "yes"


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.39, "NO"), (0.4, "yes"), (0.59, "yes"), (0.6, "beyond")]
)
def test_a_goal_for_a_ratio_has_a_bound_and_an_aim(value: float, verdict: str):
    assert Goal(0.4, 0.6).verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(4.99, "yes"), (5.0, "NO")])
def test_a_goal_for_a_time_is_an_upper_bound(value: float, verdict: str):
    assert Goal(5, of="p99").verdict(value) == verdict


def test_a_goal_for_the_slow_calls_looks_at_the_slow_calls():
    times = tuple([0.001] * 98 + [0.010] * 2)
    figure = Figure(
        Contest("W3", Scripted("reads", [], []), goal=Goal(5, of="p99")),
        (a_sample(100, latencies=times),),
    )

    assert figure.milliseconds(0.5) == 1.0
    assert figure.milliseconds(0.99) == 10.0
    assert figure.verdict == "NO"


def test_processor_time_that_nobody_saw_is_left_out():
    figure = Figure(Contest("W1", Scripted("x", [], [])), (a_sample(1000),))

    assert figure.microseconds(lambda sample: sample.server) is None
    assert figure.microseconds(lambda sample: sample.client) == 500.0
