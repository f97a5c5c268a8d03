"""Figures for a chart: what a day moved or left, in one currency.

A chart is a picture and may be rounded by the screen; the exact figures stand in the table below it.

Source: peers, section 4.3 (a gap is drawn as a gap; the currency always shown).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.money import Money

Kind = Literal["line", "area", "bars", "step"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line or one row of bars.

    Args:
        name: what it is called, in the reader's language.
        values: one amount for each day; None is a gap. What goes out is negative.
        kind: how it is drawn.
        tone: "good", "bad", "quiet", "plain", or "" for the next colour.
    """

    name: str
    values: Sequence[Money | None]
    kind: Kind = "line"
    tone: str = ""


def chart(days: Sequence[date], lines: Sequence[Line]) -> dict[str, Any]:
    """Give what `look/chart.html` shows and `chart.js` draws.

    Args:
        days: in order, one for each value of every line.
        lines: all in one currency.

    Source: peers, section 4.3.
    """
    for line in lines:
        if len(line.values) != len(days):
            raise ValueError(f"{line.name}: {len(line.values)} values for {len(days)} days")
    currencies = {value.currency for line in lines for value in line.values if value is not None}
    if len(currencies) > 1:
        raise ValueError(f"one chart, several currencies: {sorted(c.code for c in currencies)}")
    currency = next(iter(currencies), None)
    return {
        "at": [int(datetime.combine(day, time(), UTC).timestamp()) for day in days],
        "currency": currency.code if currency else "",
        "decimals": currency.exponent if currency else 0,
        "lines": [
            {
                "name": str(line.name),
                "kind": line.kind,
                "tone": line.tone,
                "values": [None if value is None else float(value.text) for value in line.values],
                "texts": ["" if value is None else value.text for value in line.values],
            }
            for line in lines
        ],
    }


def chart_rows(made: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the exact figures of a chart, one row for each day, the newest first."""
    rows = [
        {
            "day": datetime.fromtimestamp(at, UTC).date().isoformat(),
            "values": [line["texts"][index] for line in made["lines"]],
        }
        for index, at in enumerate(made["at"])
    ]
    return rows[::-1]
