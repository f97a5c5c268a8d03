"""What a proof of the books says: each invariant, how much was examined, and what is not right.

Source: reliability, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tael.assurance.one_line import one_line

if TYPE_CHECKING:
    from tael.ledger.integrity import Violation


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant, proven or not.

    Args:
        invariant: its number in the specification, "I13".
        title: what must be so.
        examined: how many things were looked at.
        violations: those that are not so; some of them, when there are many.
        unit: what was counted, in the plural.
    """

    invariant: str
    title: str
    examined: int
    violations: tuple[Violation, ...] = ()
    unit: str = "rows"

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class Report:
    """The whole proof."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found anywhere."""
        return all(check.ok for check in self.checks)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Give all that was found."""
        return tuple(found for check in self.checks for found in check.violations)

    def as_dict(self) -> dict[str, Any]:
        """Give the report for programs."""
        return {
            "ok": self.ok,
            "checks": [
                {
                    "invariant": check.invariant,
                    "title": check.title,
                    "examined": check.examined,
                    "unit": check.unit,
                    "ok": check.ok,
                    "violations": [
                        {"subject": found.subject, "message": found.message}
                        for found in check.violations
                    ],
                }
                for check in self.checks
            ],
        }

    def text(self) -> str:
        """Give the report for people: a line for each invariant, and under it what was found."""
        amounts = [f"{check.examined:,} {check.unit}" for check in self.checks]
        widest = max(map(len, amounts), default=0)
        names = max((len(check.invariant) for check in self.checks), default=0)
        lines = []
        for check, amount in zip(self.checks, amounts, strict=True):
            verdict = "ok   " if check.ok else "WRONG"
            lines.append(
                f"{check.invariant:<{names}}  {verdict}  {amount:>{widest}}  {check.title}"
            )
            lines += [f"{'':{names}}    {one_line(found.message)}" for found in check.violations]
        wrong = sum(not check.ok for check in self.checks)
        lines.append(
            f"{len(self.checks)} checks, {wrong} of them found something wrong."
            if wrong
            else f"{len(self.checks)} checks: the books are right."
        )
        return "\n".join(lines)
