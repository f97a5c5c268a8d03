"""Contenders measured in turns, and what their rounds add up to.

Every round runs each contender once, and every second round in reverse, so that a noisy neighbour hits the
workload and its yardstick alike. A ratio is taken within each round; what is reported is the median round.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.assurance.bench.sample import Contender, Sample

Measure = Literal["ratio", "p50", "p99"]
Verdict = Literal["yes", "beyond", "NO", ""]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure has to reach.

    Args:
        bound: of a ratio at least this; of a time, in milliseconds, less than this.
        aim: what we would like to reach; None for nothing beyond the bound.
        of: the ratio to the yardstick, or the time that 50 or 99 of 100 calls stay within.
    """

    bound: float
    aim: float | None = None
    of: Measure = "ratio"

    @property
    def text(self) -> str:
        """Say it in a column's width."""
        if self.of != "ratio":
            return f"{self.of} < {self.bound:g} ms"
        return f"≥ {self.bound:g}" + ("" if self.aim is None else f", aim {self.aim:g}")

    def verdict(self, value: float) -> Verdict:
        """Say whether a value reaches it."""
        if self.of != "ratio":
            return "yes" if value < self.bound else "NO"
        if value < self.bound:
            return "NO"
        return "beyond" if self.aim is not None and value >= self.aim else "yes"


@dataclass(frozen=True, slots=True)
class Contest:
    """One line of the table: a contender, what it is held against, and the goal.

    Args:
        workload: the line's first word.
        contender: what is measured.
        yardstick: what runs in turns with it; its own line shows its rate.
        called: the yardstick's short name, for the column of ratios.
        goal: what has to be reached.
    """

    workload: str
    contender: Contender
    yardstick: Contender | None = None
    called: str = ""
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table, measured."""

    contest: Contest
    samples: tuple[Sample, ...]
    beside: tuple[Sample, ...] = ()  # the yardstick's, round by round

    @property
    def rate(self) -> float:
        """Give the median of the rounds, a second."""
        return median(sample.rate for sample in self.samples)

    @property
    def ratios(self) -> list[float]:
        """Give each round's ratio to the yardstick."""
        return [
            sample.rate / other.rate
            for sample, other in zip(self.samples, self.beside, strict=False)
        ]

    @property
    def ratio(self) -> float | None:
        """Give the median round's ratio."""
        return median(self.ratios) if self.beside else None

    def milliseconds(self, part: float) -> float | None:
        """Give the time of a call that this part of them stay within; None where calls were not timed."""
        if not all(sample.latencies for sample in self.samples):
            return None
        return median(sample.quantile(part) for sample in self.samples)

    def microseconds(self, of: Callable[[Sample], float | None]) -> float | None:
        """Give processor time for each piece of work."""
        spent = [(of(sample), sample.done) for sample in self.samples]
        each = [seconds / done * 1e6 for seconds, done in spent if seconds is not None and done]
        return median(each) if each else None

    @property
    def verdict(self) -> Verdict:
        """Say whether the goal is reached."""
        goal = self.contest.goal
        value = self.ratio
        if goal is not None and goal.of != "ratio":
            value = self.milliseconds(0.5 if goal.of == "p50" else 0.99)
        return "" if goal is None or value is None else goal.verdict(value)

    def as_dict(self) -> dict[str, Any]:
        """Give it for a file, with every round."""
        contest = self.contest
        return {
            "workload": contest.workload,
            "what": contest.contender.name,
            "per_second": round(self.rate, 1),
            "per_second_rounds": [round(sample.rate, 1) for sample in self.samples],
            "yardstick": contest.yardstick.name if contest.yardstick else None,
            "yardstick_per_second_rounds": [round(sample.rate, 1) for sample in self.beside],
            "ratio": self.ratio,
            "ratio_rounds": self.ratios,
            "p50_ms": self.milliseconds(0.5),
            "p99_ms": self.milliseconds(0.99),
            "client_us": self.microseconds(lambda sample: sample.client),
            "server_us": self.microseconds(lambda sample: sample.server),
            "goal": contest.goal.text if contest.goal else None,
            "reached": self.verdict,
        }


def hold(
    contests: Sequence[Contest],
    *,
    rounds: int,
    seconds: float,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Figure]:
    """Run all contenders in turns and give a figure for each contest.

    Args:
        rounds: how many; the median is reported.
        seconds: how long each contender runs in a round.
        tell: is told what runs.
    """
    contenders: list[Contender] = []
    for contest in contests:
        for one in (contest.contender, contest.yardstick):
            if one is not None and one not in contenders:
                contenders.append(one)
    samples: dict[int, list[Sample]] = {id(one): [] for one in contenders}
    for one in contenders:  # caches, prepared statements, room in the tables
        one.run(min(seconds, 1.0) / 4)
    for at in range(rounds):
        for one in contenders if at % 2 == 0 else reversed(contenders):
            tell(f"round {at + 1} of {rounds}: {one.name}")
            gc.collect()
            samples[id(one)].append(one.run(seconds))
    return [
        Figure(
            contest,
            tuple(samples[id(contest.contender)]),
            tuple(samples[id(contest.yardstick)]) if contest.yardstick else (),
        )
        for contest in contests
    ]
