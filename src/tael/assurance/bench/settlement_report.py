"""What `tael bench settlement` found: one line for each step, its goals and whether they are reached.

Source: issue 4 (`tael bench settlement`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

_HEAD: Final = ("step", "seconds", "per second", "memory MB", "goal", "reached")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done and timed.

    Args:
        name: what. done: how many of what it counts.
        seconds: how long. goal: within so many; None is a yardstick.
        memory: of its process at the peak, in MB. memory_goal: below so much.
        wrong: what came out otherwise than it should.
    """

    name: str
    done: int
    seconds: float
    goal: float | None = None
    memory: float | None = None
    memory_goal: float | None = None
    wrong: tuple[str, ...] = ()

    @property
    def missed(self) -> list[str]:
        """Give which goals it misses, in words."""
        found = [f"{self.name}: {each}" for each in self.wrong]
        if self.goal is not None and self.seconds >= self.goal:
            found.append(f"{self.name}: {self.seconds:,.1f} s, the goal is < {self.goal:,.0f} s")
        if self.memory is not None and self.memory >= (self.memory_goal or float("inf")):
            goal = f"{self.memory_goal:,.0f}"
            found.append(f"{self.name}: {self.memory:,.0f} MB, the goal is < {goal} MB")
        return found

    def cells(self) -> tuple[str, ...]:
        """Give a row of the table."""
        goals = [] if self.goal is None else [f"< {self.goal:,.0f} s"]
        if self.memory_goal is not None:
            goals.append(f"< {self.memory_goal:,.0f} MB")
        verdict = "yardstick" if self.goal is None else "NO" if self.missed else "yes"
        memory = "" if self.memory is None else f"{self.memory:,.0f}"
        rate = f"{self.done / self.seconds:,.0f}" if self.seconds else ""
        return self.name, f"{self.seconds:,.1f}", rate, memory, ", ".join(goals), verdict


@dataclass(slots=True)
class SettlementReport:
    """Everything that a run has to say.

    Args:
        machine: what it ran on. run: how.
        steps: the lines of the table, each goal followed by its yardstick.
        broken: what does not hold in the books afterwards.
    """

    machine: dict[str, str]
    run: dict[str, str]
    steps: list[Step] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Give why the run fails: goals that are missed, books that do not hold."""
        missed = [each for step in self.steps for each in step.missed]
        return [*missed, *(f"THE BOOKS DO NOT HOLD: {fault}" for fault in self.broken)]

    def text(self) -> str:
        """Write it for a terminal."""
        rows = [_HEAD, *(step.cells() for step in self.steps)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
        lines = [
            "  ".join(
                cell.rjust(width) if 0 < at < len(_HEAD) - 2 else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join([*self._facts(), "", *lines, "", *self._closing()])

    def markdown(self) -> str:
        """Write it for the docs."""
        rows: list[tuple[str, ...]] = [_HEAD, ("---", "---:", "---:", "---:", "---", "---")]
        rows += [step.cells() for step in self.steps]
        table = ["| " + " | ".join(row) + " |" for row in rows]
        closing = (*self._facts(), *self._closing())
        return "\n".join([*table, "", *(f"{line}  " for line in closing)])

    def as_dict(self) -> dict[str, Any]:
        """Give it for a file."""
        return {
            "machine": self.machine,
            "run": self.run,
            "steps": [
                {
                    "step": step.name,
                    "done": step.done,
                    "seconds": step.seconds,
                    "goal_seconds": step.goal,
                    "memory_mb": step.memory,
                    "memory_goal_mb": step.memory_goal,
                    "missed": step.missed,
                }
                for step in self.steps
            ],
            "faults": self.faults,
        }

    def _facts(self) -> list[str]:
        return [
            f"{title}: " + ", ".join(f"{name} {value}" for name, value in facts.items())
            for title, facts in (("Machine", self.machine), ("Run", self.run))
        ]

    def _closing(self) -> list[str]:
        balance = [] if self.broken else ["The books balance: `tael doctor` finds nothing in them."]
        return [*balance, *self.faults]
