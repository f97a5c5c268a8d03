"""What `tael bench pages` found: one line for each page, the yardsticks above them.

Source: F-22, F-33.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

GOAL_MS: Final = 300.0
_HEAD: Final = ("page", "first ms", "median ms", "p95 ms", "worst ms", "")


@dataclass(frozen=True, slots=True)
class Timed:
    """The seconds that one page took.

    Args:
        name: of the page.
        first: its first request in a fresh process; None for what no process has to warm up for.
        times: of the requests after the warm-up.
        yardstick: it is there to compare with.
    """

    name: str
    first: float | None
    times: tuple[float, ...] = field(repr=False)
    yardstick: bool = False

    @property
    def median(self) -> float:
        """Give the median in milliseconds."""
        return median(self.times) * 1000

    @property
    def p95(self) -> float:
        """Give what 95 of 100 requests stay within, in milliseconds: the nearest rank."""
        ordered = sorted(self.times)
        return ordered[-(-len(ordered) * 95 // 100) - 1] * 1000

    @property
    def worst(self) -> float:
        """Give the longest in milliseconds."""
        return max(self.times) * 1000

    @property
    def slow(self) -> bool:
        """Tell whether a page misses the goal."""
        return not self.yardstick and self.p95 > GOAL_MS

    def cells(self) -> tuple[str, ...]:
        """Give a row of the table."""
        first = "" if self.first is None else f"{self.first * 1000:,.1f}"
        numbers = (f"{value:,.1f}" for value in (self.median, self.p95, self.worst))
        verdict = "yardstick" if self.yardstick else "NO" if self.slow else "yes"
        return self.name, first, *numbers, verdict


@dataclass(slots=True)
class PageReport:
    """Everything that a run has to say.

    Args:
        machine: what it ran on. run: how.
        pages: the lines of the table, yardsticks first.
        broken: what does not hold in the books afterwards.
    """

    machine: dict[str, str]
    run: dict[str, str]
    pages: list[Timed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Give why the run fails: pages that miss the goal, books that do not hold."""
        slow = [
            f"{page.name}: p95 {page.p95:,.0f} ms, the goal is {GOAL_MS:.0f} ms"
            for page in self.pages
            if page.slow
        ]
        return [*slow, *(f"THE BOOKS DO NOT HOLD: {fault}" for fault in self.broken)]

    def text(self) -> str:
        """Write it for a terminal."""
        rows = [_HEAD, *(page.cells() for page in self.pages)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
        lines = [
            "  ".join(
                cell.rjust(width) if 0 < at < len(row) - 1 else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join([*self._facts(), "", *lines, "", *self.notes, *self.faults])

    def markdown(self) -> str:
        """Write it for the docs."""
        rows = [_HEAD, ("---", *["---:"] * (len(_HEAD) - 2), "---")]
        rows += [(f"`{page.name}`", *page.cells()[1:]) for page in self.pages]
        table = ["| " + " | ".join(row) + " |" for row in rows]
        closing = (*self._facts(), *self.notes, *self.faults)
        return "\n".join([*table, "", *(f"{line}  " for line in closing)])

    def as_dict(self) -> dict[str, Any]:
        """Give it for a file."""
        return {
            "machine": self.machine,
            "run": self.run,
            "goal_ms": GOAL_MS,
            "pages": [
                {
                    "page": page.name,
                    "yardstick": page.yardstick,
                    "first_ms": None if page.first is None else page.first * 1000,
                    "median_ms": page.median,
                    "p95_ms": page.p95,
                    "worst_ms": page.worst,
                    "requests": len(page.times),
                }
                for page in self.pages
            ],
            "notes": self.notes,
            "faults": self.faults,
        }

    def _facts(self) -> list[str]:
        return [
            f"{title}: " + ", ".join(f"{name} {value}" for name, value in facts.items())
            for title, facts in (("Machine", self.machine), ("Run", self.run))
        ]
