"""What a run found, as a table to read, as a table for the README, and as a file for a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.assurance.bench.contest import Figure

MEMORY_GOAL_MB: Final = 300
_HEAD: Final = ("", "measured", "per second", "rounds", "ratio", "", "goal", "reached")
_TAIL: Final = ("p50 ms", "p99 ms", "client µs", "server µs")
_TO_THE_RIGHT: Final = frozenset({2, 3, 4, 8, 9, 10, 11})


@dataclass(slots=True)
class Report:
    """Everything that a run has to say.

    Args:
        machine: what it ran on.
        run: how it ran: seed, rounds, seconds, sizes.
        figures: the lines of the table.
        notes: further sentences; memory, the proof of the books.
        faults: what does not hold in the books afterwards: nothing when they balance, None when they
            were not looked at.
        memory: of this process, in MB, at the end and at its peak.
    """

    machine: dict[str, str]
    run: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] | None = None
    memory: tuple[float, float] | None = None

    def text(self) -> str:
        """Write it for a terminal."""
        rows = [[*_HEAD, *_TAIL], *(_row(figure) for figure in self.figures)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        lines = [
            "  ".join(
                cell.rjust(width) if at in _TO_THE_RIGHT else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        table = [*lines, ""] if self.figures else []
        return "\n".join([*self._facts(), "", *table, *self._closing()])

    def markdown(self) -> str:
        """Write it for the README."""
        head = ("", "measured", "per second", "in the same run", "99 of 100 within", "goal", "")
        rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for figure in self.figures:
            contest, ratio, slow = figure.contest, figure.ratio, figure.milliseconds(0.99)
            cells = (
                contest.workload,
                contest.contender.name,
                f"{figure.rate:,.0f}",
                "" if ratio is None else f"{_ratio(ratio)} times {contest.called}",
                "" if slow is None else f"{slow:.2f} ms",
                contest.goal.text if contest.goal else "",
                figure.verdict,
            )
            rows.append("| " + " | ".join(cells) + " |")
        return "\n".join([*rows, "", *(f"{line}  " for line in (*self._facts(), *self._closing()))])

    def as_dict(self) -> dict[str, Any]:
        """Give it for a file."""
        return {
            "machine": self.machine,
            "run": self.run,
            "figures": [figure.as_dict() for figure in self.figures],
            "notes": self.notes,
            "memory_mb": self.memory,
            "faults": self.faults,
        }

    def _facts(self) -> list[str]:
        return [
            "Machine: " + ", ".join(_worded(self.machine)),
            "Run: " + ", ".join(_worded(self.run)),
        ]

    def _closing(self) -> list[str]:
        lines = list(self.notes)
        if self.memory is not None:
            now, peak = self.memory
            verdict = "yes" if peak < MEMORY_GOAL_MB else "NO"
            lines.append(
                f"Memory of this process, which posts and measures: {now:.0f} MB, at its peak {peak:.0f} MB"
                f" (goal < {MEMORY_GOAL_MB} MB: {verdict})."
            )
        if self.faults == []:
            lines.append("The books balance: the proof of `tael doctor` finds nothing.")
        lines.extend(f"THE BOOKS DO NOT HOLD: {fault}" for fault in self.faults or ())
        return lines


def _worded(facts: dict[str, str]) -> list[str]:
    bare = {"processor", "memory", "system", "settings"}
    return [value if name in bare else f"{name} {value}" for name, value in facts.items()]


def _row(figure: Figure) -> Sequence[str]:
    contest, ratio = figure.contest, figure.ratio
    rates = [sample.rate for sample in figure.samples]
    return [
        contest.workload,
        contest.contender.name,
        f"{figure.rate:,.0f}",
        f"[{min(rates):,.0f} to {max(rates):,.0f}]",
        "" if ratio is None else _ratio(ratio),
        "" if ratio is None else f"times {contest.called}",
        contest.goal.text if contest.goal else "",
        figure.verdict,
        _number(figure.milliseconds(0.5), 2),
        _number(figure.milliseconds(0.99), 2),
        _number(figure.microseconds(lambda sample: sample.client), 1),
        _number(figure.microseconds(lambda sample: sample.server), 1),
    ]


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:,.{decimals}f}"
